import Foundation

/// Buildkite's REST API: what is retried becomes a further job of its build, and the two name each other.
enum BuildkiteRoutes {
  typealias State = CIWorld.State

  static func answer(_ request: WorldRequest, _ state: inout State) -> WorldAnswer {
    guard request.headers["authorization"] == "Bearer \(CIWorld.token)" else {
      return .json(401, ["message": "Authentication required. Please supply a valid API Access Token"])
    }
    let missing = WorldAnswer.json(404, ["message": "No build found"])
    guard request.path.starts(with: ["organizations", "acme", "pipelines", "web", "builds"]) else { return missing }
    let path = Array(request.path.dropFirst(5))
    if request.method == "GET", path.isEmpty { return builds(request, state) }
    guard let run = state.run(Int(path.first ?? "") ?? 0) else { return missing }
    if request.method == "GET", path.count == 1 { return .json(200, json(run, request, state)) }
    guard path.count > 2, path[1] == "jobs", let job = state.jobs(of: run.id).first(where: { uuid($0.id) == path[2] }) else {
      return missing
    }
    switch (request.method, path.count > 3 ? path[3] : "") {
    case ("GET", ""): return .json(200, json(job, state))
    case ("GET", "log"):
      guard request.headers["accept"] == "text/plain" else {
        return .json(200, ["content": String(decoding: job.log, as: UTF8.self)])
      }
      return job.isGone ? .json(410, ["message": "The log is gone"]) : state.log(of: job)
    case ("PUT", "retry"):
      guard job.ending == .failure || job.ending == .timedOut || job.ending == .canceled,
        !state.isRepeated(job.id)
      else { return .json(400, ["message": "Only failed or timed out jobs can be retried"]) }
      let again = state.rerun(job.id, inPlace: false)
      return state.job(again).map { .json(200, json($0, state)) } ?? missing
    default: return missing
    }
  }

  static func uuid(_ id: Int) -> String { "00000000-0000-4000-8000-" + String(1_000_000_000_000 + id).dropFirst() }

  private static func builds(_ request: WorldRequest, _ state: State) -> WorldAnswer {
    var runs = state.runs.sorted { $0.id > $1.id }
    if let branch = request.query["branch"] { runs.removeAll { $0.branch != branch } }
    if let from = request.query["created_from"].flatMap({ try? Date($0, strategy: .iso8601).timeIntervalSince1970 }) {
      runs.removeAll { $0.createdAt < from }
    }
    var whole = request
    whole.path = ["v2"] + request.path
    let (page, headers) = WorldPage.part(runs.map { json($0, request, state) }, whole, base: state.base)
    return .json(200, page, headers: headers)
  }

  private static func json(_ run: CIWorld.Run, _ request: WorldRequest, _ state: State) -> [String: Any] {
    let all = state.jobs(of: run.id)
    let jobs = request.query["include_retried_jobs"] == "true" ? all : all.filter { !state.isRepeated($0.id) }
    let ending = state.ending(ofRun: run.id)
    return [
      "id": uuid(run.id), "number": run.id, "state": ending == nil ? "running" : ending == .success ? "passed" : "failed",
      "commit": run.commit, "branch": run.branch, "created_at": iso(run.createdAt),
      "pull_request": orNull(run.pullRequest.map { ["id": String($0), "base": "main"] }),
      "pipeline": ["slug": "web", "repository": "git@github.com:\(CIWorld.repository).git"],
      "jobs": [["id": "w", "type": "waiter"]] + jobs.map { json($0, state) },
    ]
  }

  private static func json(_ job: CIWorld.Job, _ state: State) -> [String: Any] {
    let word =
      switch job.ending {
      case nil: "running"
      case .success?: "passed"
      case .failure?: "failed"
      case .timedOut?: "timed_out"
      case .canceled?: "canceled"
      }
    let next = state.jobs.first { $0.before == job.id }
    return [
      "id": uuid(job.id), "type": "script", "name": job.name, "step_key": job.name, "state": word, "soft_failed": false,
      "exit_status": orNull(job.ending.map { $0 == .success ? 0 : 1 }), "started_at": iso(job.startedAt),
      "finished_at": iso(job.isGrowing ? nil : job.endedAt), "retried": next != nil,
      "retried_in_job_id": orNull(next.map { uuid($0.id) }),
      "retry_source": orNull(job.before.map { ["job_id": uuid($0), "retry_type": "manual"] }),
      "web_url": "https://buildkite.com/acme/web/builds/\(job.run)#\(uuid(job.id))",
    ]
  }
}
