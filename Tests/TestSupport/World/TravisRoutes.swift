import Foundation

/// Travis' API v3: jobs are restarted in place.
enum TravisRoutes {
  typealias State = CIWorld.State

  static func answer(_ request: WorldRequest, _ state: inout State) -> WorldAnswer {
    guard request.headers["travis-api-version"] == "3" else { return error(404, "not_found", "is this version 3?") }
    guard request.headers["authorization"] == "token \(CIWorld.token)" else {
      return error(403, "login_required", "login required")
    }
    let path = request.path
    let job = path.count > 1 ? state.job(Int(path[1]) ?? 0) : nil
    switch (request.method, path.first, path.count) {
    case ("GET", "repo", 3) where path[1] == CIWorld.repository && path[2] == "builds": return builds(request, state)
    case ("GET", "build", 2):
      guard let run = state.run(Int(path[1]) ?? 0) else { break }
      return .json(200, json(run, state))
    case ("GET", "job", 2):
      guard let job else { break }
      return .json(200, json(job))
    case ("GET", "job", 3) where path[2] == "log.txt":
      guard let job else { break }
      if job.isGone { return error(403, "log_expired", "We're sorry, but this data is not available anymore.") }
      return job.isGrowing ? .text([]) : state.log(of: job)
    case ("POST", "job", 3) where path[2] == "restart":
      guard let job else { break }
      guard job.ending != nil else { return error(409, "job_not_cancelable", "job already running, could not restart") }
      _ = state.rerun(job.id, inPlace: true)
      return .json(202, ["@type": "pending", "state_change": "restart"])
    default: break
    }
    return error(404, "not_found", "resource not found")
  }

  private static func error(_ status: Int, _ type: String, _ message: String) -> WorldAnswer {
    .json(status, ["@type": "error", "error_type": type, "error_message": message])
  }

  private static func builds(_ request: WorldRequest, _ state: State) -> WorldAnswer {
    var runs = state.runs.sorted { $0.id > $1.id }
    if let branch = request.query["branch.name"] { runs.removeAll { $0.branch != branch } }
    let limit = min(100, Int(request.query["limit"] ?? "") ?? 25)
    let offset = Int(request.query["offset"] ?? "") ?? 0
    let isLast = offset + limit >= runs.count
    return .json(
      200,
      [
        "@type": "builds", "builds": runs.dropFirst(offset).prefix(limit).map { json($0, state) },
        "@pagination": [
          "limit": limit, "offset": offset, "count": runs.count, "is_last": isLast,
          "next": isLast ? NSNull() : ["offset": offset + limit, "limit": limit],
        ] as [String: Any],
      ])
  }

  private static func json(_ run: CIWorld.Run, _ state: State) -> [String: Any] {
    let jobs = state.jobs(of: run.id)
    return [
      "@type": "build", "id": run.id, "number": String(run.id), "state": word(state.ending(ofRun: run.id)),
      "event_type": run.pullRequest == nil ? "push" : "pull_request", "pull_request_number": orNull(run.pullRequest),
      "started_at": iso(jobs.map(\.startedAt).min()), "branch": ["name": run.branch], "commit": ["id": 1, "sha": run.commit],
      "jobs": jobs.map { json($0) },
    ]
  }

  private static func json(_ job: CIWorld.Job) -> [String: Any] {
    [
      "@type": "job", "id": job.id, "number": "\(job.run).\(job.id)", "state": word(job.ending), "allow_failure": false,
      "started_at": iso(job.startedAt), "finished_at": iso(job.endedAt), "config": ["name": job.name],
    ]
  }

  private static func word(_ ending: CIWorld.Ending?) -> String {
    switch ending {
    case nil: "started"
    case .success?: "passed"
    case .failure?: "failed"
    case .timedOut?: "errored"
    case .canceled?: "canceled"
    }
  }
}
