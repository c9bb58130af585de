import Foundation

/// GitLab's REST API: what is retried becomes a further job of its pipeline.
enum GitLabRoutes {
  typealias State = CIWorld.State

  static func answer(_ request: WorldRequest, _ state: inout State) -> WorldAnswer {
    guard request.headers["private-token"] == CIWorld.token else { return .json(401, ["message": "401 Unauthorized"]) }
    let missing = WorldAnswer.json(404, ["message": "404 Not found"])
    guard request.path.starts(with: ["projects", CIWorld.repository]) else { return missing }
    let path = Array(request.path.dropFirst(2))
    let id = path.count > 1 ? Int(path[1]) ?? 0 : 0
    switch (request.method, path.first, path.count > 2 ? path[2] : "") {
    case ("GET", "pipelines", "") where path.count == 1: return pipelines(request, state)
    case ("GET", "pipelines", ""):
      guard let run = state.run(id) else { return missing }
      return .json(200, json(run, state))
    case ("GET", "pipelines", "jobs"):
      let all = state.jobs(of: id).sorted { $0.id > $1.id }
      let jobs = request.query["include_retried"] == "true" ? all : all.filter { !state.isRepeated($0.id) }
      return page(jobs.map { json($0, state) }, request, state)
    case ("GET", "jobs", ""):
      guard let job = state.job(id) else { return missing }
      return .json(200, json(job, state))
    case ("GET", "jobs", "trace"):
      guard let job = state.job(id) else { return missing }
      return job.isGone ? .text([]) : state.log(of: job)
    case ("POST", "jobs", "retry"):
      guard let job = state.job(id) else { return missing }
      guard job.ending != nil, !state.isRepeated(id) else {
        return .json(403, ["message": "403 Forbidden - Job is not retryable"])
      }
      let again = state.rerun(id, inPlace: false)
      return state.job(again).map { .json(201, json($0, state)) } ?? missing
    default: return missing
    }
  }

  private static func page(_ items: [[String: Any]], _ request: WorldRequest, _ state: State) -> WorldAnswer {
    var whole = request
    whole.path = CIWorld.System.gitlab.basePath.split(separator: "/").map(String.init) + request.path
    let (page, headers) = WorldPage.part(items, whole, base: state.base)
    return .json(200, page, headers: headers)
  }

  private static func pipelines(_ request: WorldRequest, _ state: State) -> WorldAnswer {
    var runs = state.runs.sorted { $0.id > $1.id }
    runs.removeAll { $0.isChild != (request.query["source"] == "parent_pipeline") }
    if let branch = request.query["ref"] { runs.removeAll { $0.branch != branch } }
    if let after = request.query["updated_after"] {
      guard let time = try? Date(after, strategy: .iso8601).timeIntervalSince1970 else {
        return .json(400, ["error": "updated_after is invalid"])
      }
      runs.removeAll { state.change(ofRun: $0.id) < time }
    }
    return page(runs.map { json($0, state) }, request, state)
  }

  private static func json(_ run: CIWorld.Run, _ state: State) -> [String: Any] {
    [
      "id": run.id, "iid": run.id, "project_id": 5, "sha": run.commit,
      "ref": run.pullRequest.map { "refs/merge-requests/\($0)/head" } ?? run.branch, "status": word(state.ending(ofRun: run.id)),
      "source": "push", "created_at": iso(run.createdAt), "updated_at": iso(state.change(ofRun: run.id)),
    ]
  }

  private static func json(_ job: CIWorld.Job, _ state: State) -> [String: Any] {
    [
      "id": job.id, "name": job.name, "stage": "test", "status": job.isGrowing ? "running" : word(job.ending),
      "failure_reason": orNull(job.ending == .timedOut ? "job_execution_timeout" : job.ending == .failure ? "script_failure" : nil),
      "allow_failure": false, "created_at": iso(job.startedAt), "started_at": iso(job.startedAt), "finished_at": iso(job.endedAt),
      "erased_at": iso(job.isGone ? state.now : nil), "pipeline": ["id": job.run],
      "web_url": "https://gitlab.example/\(CIWorld.repository)/-/jobs/\(job.id)",
    ]
  }

  private static func word(_ ending: CIWorld.Ending?) -> String {
    switch ending {
    case nil: "running"
    case .success?: "success"
    case .failure?, .timedOut?: "failed"
    case .canceled?: "canceled"
    }
  }
}
