import Foundation

/// CircleCI's API v2, and of v1.1 the steps: what is run again is a further run of its workflow, which takes over what had passed.
enum CircleCIRoutes {
  typealias State = CIWorld.State

  static func answer(_ request: WorldRequest, _ state: inout State) -> WorldAnswer {
    guard request.headers["circle-token"] == CIWorld.token else { return .json(401, ["message": "You must log in first."]) }
    let missing = WorldAnswer.json(404, ["message": "Not found."])
    let path = request.path
    if path.starts(with: ["api", "v1.1", "project", "gh", "o", "web"]), path.count == 7, request.method == "GET" {
      guard let job = state.job(Int(path[6]) ?? 0) else { return missing }
      return .json(200, detail(of: job, state))
    }
    guard path.starts(with: ["api", "v2"]) else { return missing }
    let rest = Array(path.dropFirst(2))
    switch (request.method, rest.first, rest.count) {
    case ("GET", "project", 5) where rest[1...] == ["gh", "o", "web", "pipeline"]: return pipelines(request, state)
    case ("GET", "project", 6) where rest[1...4] == ["gh", "o", "web", "job"]:
      guard let job = state.job(Int(rest[5]) ?? 0), let run = state.run(job.run),
        let round = run.rounds.firstIndex(where: { $0.contains(job.id) })
      else { return missing }
      return .json(200, ["number": job.id, "latest_workflow": ["id": workflow(run.id, round), "name": "ci"]])
    case ("GET", "pipeline", 2):
      guard let run = state.runs.first(where: { pipeline($0.id) == rest[1] }) else { return missing }
      return .json(200, json(run))
    case ("GET", "pipeline", 3) where rest[2] == "workflow":
      guard let run = state.runs.first(where: { pipeline($0.id) == rest[1] }) else { return missing }
      // The newest first.
      return list(run.rounds.indices.reversed().map { json(run, $0, state) })
    case (_, "workflow", 2...): return workflow(request, rest, &state) ?? missing
    default: return missing
    }
  }

  private static func workflow(_ request: WorldRequest, _ path: [String], _ state: inout State) -> WorldAnswer? {
    for run in state.runs {
      for round in run.rounds.indices where workflow(run.id, round) == path[1] {
        switch (request.method, path.count > 2 ? path[2] : "") {
        case ("GET", ""): return .json(200, json(run, round, state))
        case ("GET", "job"): return list(run.rounds[round].compactMap { state.job($0) }.map { json($0) })
        case ("POST", "rerun"):
          let wanted = (request.object["jobs"] as? [String] ?? []).compactMap { id in state.jobs.first { uuid($0.id) == id } }
          guard state.jobs(of: run.id).allSatisfy({ $0.ending != nil }) else {
            return .json(400, ["message": "Workflow is still running"])
          }
          guard let job = wanted.first else { return .json(400, ["message": "No jobs to rerun"]) }
          _ = state.rerun(job.id, inPlace: false)
          return .json(202, ["workflow_id": workflow(run.id, run.rounds.count)])
        default: return nil
        }
      }
    }
    return nil
  }

  /// What lies behind a step's link: JSON pieces.
  static func output(of job: CIWorld.Job, step: Int) -> WorldAnswer {
    let log = step >= 105 && step - 105 < job.moreSteps.count ? job.moreSteps[step - 105].log : job.log
    let half = log.count / 2
    let pieces = [log[..<half], log[half...]].map { ["type": "out", "message": String(decoding: $0, as: UTF8.self)] }
    return .json(200, pieces)
  }

  static func uuid(_ id: Int) -> String { BuildkiteRoutes.uuid(id) }
  static func pipeline(_ run: Int) -> String { uuid(1_000_000 + run) }
  static func workflow(_ run: Int, _ round: Int) -> String { uuid(2_000_000 + run * 100 + round) }

  private static func list(_ items: [[String: Any]], next: String? = nil) -> WorldAnswer {
    .json(200, ["items": items, "next_page_token": orNull(next)])
  }

  private static func pipelines(_ request: WorldRequest, _ state: State) -> WorldAnswer {
    var runs = state.runs.sorted { $0.id > $1.id }
    if let branch = request.query["branch"] { runs.removeAll { $0.branch != branch } }
    let offset = Int(request.query["page-token"] ?? "0") ?? 0
    let next = offset + 20 < runs.count ? String(offset + 20) : nil
    return list(runs.dropFirst(offset).prefix(20).map { json($0) }, next: next)
  }

  private static func json(_ run: CIWorld.Run) -> [String: Any] {
    [
      "id": pipeline(run.id), "number": run.id, "project_slug": "gh/o/web", "state": "created", "errors": [Any](),
      "created_at": iso(run.createdAt),
      "vcs": [
        "revision": run.commit, "branch": run.pullRequest.map { "pull/\($0)" } ?? run.branch,
        "target_repository_url": "https://github.com/\(CIWorld.repository)",
      ],
    ]
  }

  private static func json(_ run: CIWorld.Run, _ round: Int, _ state: State) -> [String: Any] {
    let jobs = run.rounds[round].compactMap { state.job($0) }
    let isOver = jobs.allSatisfy { $0.ending != nil }
    return [
      "id": workflow(run.id, round), "name": "ci", "pipeline_id": pipeline(run.id), "pipeline_number": run.id,
      "project_slug": "gh/o/web", "created_at": iso(jobs.map(\.startedAt).max() ?? run.createdAt),
      "status": isOver ? (jobs.allSatisfy { $0.ending == .success } ? "success" : "failed") : "running",
      "stopped_at": iso(isOver ? jobs.compactMap(\.endedAt).max() : nil),
    ]
  }

  private static func word(_ ending: CIWorld.Ending?) -> String {
    switch ending {
    case nil: "running"
    case .success?: "success"
    case .failure?: "failed"
    case .timedOut?: "timedout"
    case .canceled?: "canceled"
    }
  }

  private static func json(_ job: CIWorld.Job) -> [String: Any] {
    [
      "id": uuid(job.id), "job_number": job.id, "name": job.name, "status": word(job.ending), "type": "build",
      "started_at": iso(job.startedAt), "stopped_at": iso(job.endedAt),
    ]
  }

  private static func detail(of job: CIWorld.Job, _ state: State) -> [String: Any] {
    let run = state.run(job.run)
    let round = run?.rounds.firstIndex { $0.contains(job.id) } ?? 0
    func step(_ name: String, _ number: Int, _ status: String) -> [String: Any] {
      var action: [String: Any] = [
        "index": 0, "step": number, "status": status, "failed": orNull(status == "failed" ? true : nil), "has_output": true,
        "truncated": job.isTruncated,
      ]
      if !job.isGone { action["output_url"] = state.link(job, step: number) }
      return ["name": name, "actions": [action]]
    }
    let status = job.ending == .success ? "success" : job.ending == .timedOut ? "timedout" : "failed"
    var steps = [step("Spin up environment", 0, "success"), step("Test", 104, status)]
    for (index, more) in job.moreSteps.enumerated() { steps.append(step(more.name, 105 + index, "failed")) }
    return [
      "build_num": job.id, "lifecycle": job.ending == nil || job.isGrowing ? "running" : "finished", "parallel": 1, "steps": steps,
      "workflows": ["job_id": uuid(job.id), "workflow_id": workflow(job.run, round), "workflow_name": "ci"],
    ]
  }
}
