import Foundation

/// What each request to a `GitHubWorld` is answered with.
enum GitHubRoutes {
  typealias Request = GitHubWorld.Request
  typealias Answer = GitHubWorld.Answer
  typealias State = GitHubWorld.State

  static func answer(_ request: Request, _ state: inout State) -> Answer {
    let path = request.path
    if path == ["app"] || path.first == "app" || path.last == "installation" { return app(request, &state) }
    guard let token = bearer(request), state.tokens.contains(token) else { return .error(401, "Bad credentials") }
    if path == ["user"] {
      guard let user = state.user else { return .error(403, "Resource not accessible by integration") }
      return .json(200, ["login": user])
    }
    guard path.count >= 3, path[0] == "repos", path[1...2].joined(separator: "/").lowercased() == state.repository.lowercased()
    else {
      return .error(404, "Not Found")
    }
    let rest = Array(path.dropFirst(3))
    if rest.isEmpty { return .json(200, ["default_branch": state.defaultBranch, "full_name": state.repository]) }
    return rest[0] == "actions" ? actions(request, Array(rest.dropFirst()), &state) : GitHubCodeRoutes.answer(request, rest, &state)
  }

  private static func bearer(_ request: Request) -> String? {
    guard let value = request.headers["authorization"], value.hasPrefix("Bearer ") else { return nil }
    return String(value.dropFirst(7))
  }

  private static func app(_ request: Request, _ state: inout State) -> Answer {
    guard let token = bearer(request), state.app.accepts(token) else {
      return .error(401, "A JSON web token could not be decoded")
    }
    switch (request.method, request.path.count) {
    case ("GET", 1): return .json(200, ["id": state.app.id, "slug": state.app.slug])
    case ("GET", 4):
      guard let installation = state.app.installation, request.path[1...2].joined(separator: "/") == state.repository else {
        return .error(404, "Not Found")
      }
      return .json(200, ["id": installation, "app_id": state.app.id])
    case ("POST", 4):
      guard state.app.installation.map(String.init) == request.path[2], !state.app.tokens.isEmpty else {
        return .error(404, "Not Found")
      }
      let token = state.app.tokens.removeFirst()
      state.tokens.insert(token.text)
      return .json(201, ["token": token.text, "expires_at": token.endsAt])
    default: return .error(404, "Not Found")
    }
  }

  // MARK: Actions

  private static func actions(_ request: Request, _ path: [String], _ state: inout State) -> Answer {
    let id = path.count > 1 ? Int(path[1]) ?? 0 : 0
    switch (request.method, path.first, path.count > 2 ? path[2...].joined(separator: "/") : "") {
    case ("GET", "runs", "") where path.count == 1: return runs(request, state)
    case ("GET", "runs", ""):
      guard let run = state.runs.first(where: { $0.id == id }) else { return .error(404, "Not Found") }
      return .json(200, json(run, state))
    case ("GET", "runs", "jobs"):
      let run = state.runs.first { $0.id == id }
      let all = state.jobs.filter { $0.run == id && (request.query["filter"] == "all" || $0.attempt == run?.attempt) }
      return page(all.map { json($0, state) }, request, state, as: "jobs")
    case ("GET", "jobs", ""):
      guard let job = state.jobs.first(where: { $0.id == id }) else { return .error(404, "Not Found") }
      return .json(200, json(job, state))
    case ("GET", "jobs", "logs"):
      if state.goneLogs.contains(id) { return .error(410, "Server Error") }
      guard state.logs[id] != nil || state.makesLog != nil else { return .error(404, "Not Found") }
      return Answer(302, headers: ["Location": "\(state.store)/job/\(id)?sig=secret-signature"])
    case ("GET", "runs", let what) where what.hasPrefix("attempts/") && what.hasSuffix("/logs"):
      let key = "\(id)/\(path[3])"
      guard state.zips[key] != nil else { return .error(404, "Not Found") }
      return Answer(302, headers: ["Location": "\(state.store)/zip/\(key)?sig=secret-signature"])
    case ("POST", "jobs", "rerun"), ("POST", "runs", "rerun-failed-jobs"):
      if let refusal = state.rerunRefusal { return .error(403, refusal) }
      state.reruns.append(path.joined(separator: "/"))
      return .json(201, [:] as [String: String])
    default: return .error(404, "Not Found")
    }
  }

  /// The listing of runs, which never gives more than 1,000 of those that a filter leaves.
  private static func runs(_ request: Request, _ state: State) -> Answer {
    var found = state.runs.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    if let branch = request.query["branch"] { found.removeAll { $0.branch != branch } }
    if let created = request.query["created"] {
      let ends = created.components(separatedBy: "..").compactMap { try? Date($0, strategy: .iso8601).timeIntervalSince1970 }
      guard ends.count == 2 else { return .error(422, "Validation Failed") }
      found.removeAll { $0.createdAt.rounded(.down) < ends[0] || $0.createdAt.rounded(.down) > ends[1] }
    }
    let isFiltered = request.query["created"] != nil || request.query["branch"] != nil
    return page(found.map { json($0, state) }, request, state, as: "workflow_runs", atMost: isFiltered ? 1_000 : .max)
  }

  static func time(_ seconds: Double) -> String { Date(timeIntervalSince1970: seconds).formatted(.iso8601) }

  private static func json(_ run: GitHubWorld.Run, _ state: State) -> [String: Any] {
    [
      "id": run.id, "name": run.name, "head_branch": run.branch, "head_sha": run.commit, "run_attempt": run.attempt,
      "status": run.status, "conclusion": run.conclusion ?? NSNull(), "created_at": time(run.createdAt),
      "updated_at": time(run.updatedAt),
      "html_url": "https://github.com/\(state.repository)/actions/runs/\(run.id)",
      "repository": ["id": 1, "full_name": state.repository],
      // The same branch is proposed to a fork, too.
      "pull_requests": run.pulls.isEmpty
        ? [] : [["number": 999, "base": ["repo": ["id": 2]]]] + run.pulls.map { ["number": $0, "base": ["repo": ["id": 1]]] },
    ]
  }

  private static func json(_ job: GitHubWorld.Job, _ state: State) -> [String: Any] {
    let run = state.runs.first { $0.id == job.run }
    return [
      "id": job.id, "run_id": job.run, "run_attempt": job.attempt, "workflow_name": run?.name ?? NSNull(),
      "head_sha": run?.commit ?? "",
      "head_branch": run?.branch ?? NSNull(), "name": job.name, "status": job.status, "conclusion": job.conclusion ?? NSNull(),
      "html_url": "https://github.com/\(state.repository)/actions/runs/\(job.run)/job/\(job.id)",
      "started_at": job.completedAt.map { time($0 - job.duration) } ?? NSNull(),
      "completed_at": job.completedAt.map(time) ?? NSNull(),
    ]
  }

  // MARK: Pages

  /// A page of a list, with the address of the next one in `Link`.
  static func page(
    _ items: [[String: Any]], _ request: Request, _ state: State, as name: String? = nil, atMost: Int = .max
  ) -> Answer {
    let (page, headers) = WorldPage.part(items, request, base: state.base, atMost: atMost)
    guard let name else { return .json(200, page, headers: headers) }
    return .json(200, [name: page, "total_count": items.count], headers: headers)
  }
}
