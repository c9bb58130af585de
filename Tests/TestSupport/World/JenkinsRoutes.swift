import Foundation

/// Jenkins' remote access API: a folder `web` with a job for each job, whose builds are numbered by the world's ids.
enum JenkinsRoutes {
  typealias State = CIWorld.State

  static func answer(_ request: WorldRequest, _ state: inout State) -> WorldAnswer {
    guard request.headers["authorization"] == "Basic \(Data(CIWorld.token.utf8).base64EncodedString())" else {
      return WorldAnswer(401, body: Array("<html>Authentication required</html>".utf8))
    }
    let path = request.path
    let missing = WorldAnswer(404, body: Array("<html>Not Found</html>".utf8))
    guard request.method == "GET", path.starts(with: ["job", "web"]), let tree = request.query["tree"] ?? request.query["start"]
    else {
      return missing
    }
    if path.count == 4, path[2...] == ["api", "json"] { return .json(200, folder(tree, state)) }
    guard path.count == 7, path[2] == "job", let job = state.job(Int(path[4]) ?? 0), job.name == path[3], !job.isGone else {
      return missing
    }
    switch Array(path[5...]) {
    case ["api", "json"]:
      return .json(200, ["_class": "Run", "building": job.ending == nil, "timestamp": Int(job.startedAt * 1_000)])
    case ["logText", "progressiveText"]:
      let more = job.ending == nil || job.isGrowing ? ["X-More-Data": "true"] : [:]
      return state.log(of: job, headers: more.merging(["X-Text-Size": String(job.log.count)]) { $1 })
    default: return missing
    }
  }

  private static func folder(_ tree: String, _ state: State) -> [String: Any] {
    // `allBuilds[…]{0,20}`: from, and up to which; each level of the tree asks for the same.
    let range = (tree.firstMatch(of: /\{(\d+),(\d+)\}/)).map { (Int($0.1) ?? 0, Int($0.2) ?? 0) } ?? (0, 0)
    let jobs = Dictionary(grouping: state.jobs, by: \.name).sorted { $0.key < $1.key }
    return [
      "_class": "Folder", "name": "web",
      "jobs": jobs.map { name, builds in
        let newest = builds.sorted { $0.id > $1.id }
        return [
          "_class": "Job", "name": name,
          "allBuilds": newest.dropFirst(range.0).prefix(range.1 - range.0).map { json($0, state) },
        ] as [String: Any]
      },
    ]
  }

  private static func json(_ job: CIWorld.Job, _ state: State) -> [String: Any] {
    let run = state.run(job.run)
    let result: String? =
      switch job.ending {
      case nil: nil
      case .success?: "SUCCESS"
      case .failure?, .timedOut?: "FAILURE"
      case .canceled?: "ABORTED"
      }
    return [
      "_class": "Run", "number": job.id, "url": "\(state.base)/job/web/job/\(job.name)/\(job.id)/", "result": orNull(result),
      "building": job.ending == nil, "timestamp": Int(job.startedAt * 1_000),
      "duration": Int(((job.endedAt ?? job.startedAt) - job.startedAt) * 1_000),
      "actions": [
        job.ending == .canceled
          ? [
            "_class": "jenkins.model.InterruptedBuildAction",
            "causes": [["_class": "jenkins.model.CauseOfInterruption$UserInterruption"]],
          ] : [:],
        [
          "lastBuiltRevision": ["SHA1": run?.commit ?? "", "branch": [["name": "refs/remotes/origin/\(run?.branch ?? "")"]]],
          "remoteUrls": ["https://git.example/\(CIWorld.repository).git"],
        ] as [String: Any],
      ] as [[String: Any]],
    ]
  }
}
