import Foundation

/// The part of `GitHubRoutes` that is about commits, pull requests and what stands beside them.
enum GitHubCodeRoutes {
  typealias Request = GitHubWorld.Request
  typealias Answer = GitHubWorld.Answer
  typealias State = GitHubWorld.State

  static func answer(_ request: Request, _ path: [String], _ state: inout State) -> Answer {
    switch (request.method, path.first, path.count) {
    case ("POST", "statuses", 2): postStatus(request, path[1], &state)
    case ("GET", "commits", 3) where path[2] == "statuses":
      GitHubRoutes.page(state.statuses.reversed().filter { $0.subject == path[1] }.map { shown($0) }, request, state)
    case ("POST", "check-runs", 1): postCheck(request, &state)
    case ("PATCH", "check-runs", 2): patchCheck(request, path[1], &state)
    case ("GET", "commits", 3) where path[2] == "check-runs":
      GitHubRoutes.page(
        state.checks.map { shown($0) }.filter {
          $0["head_sha"] as? String == path[1] && (request.query["check_name"] ?? $0["name"] as? String) == $0["name"] as? String
        }, request, state, as: "check_runs")
    case ("GET", "issues", 3):
      GitHubRoutes.page(state.comments.filter { $0.subject == path[1] }.map { shown($0) }, request, state)
    case ("POST", "issues", 3), ("PATCH", "issues", 3), ("DELETE", "issues", 3): comment(request, path, &state)
    case ("GET", "git", 4...) where path[1...2] == ["ref", "heads"]:
      state.branches[path[3...].joined(separator: "/")].map { .json(200, ["object": ["sha": $0]]) } ?? .error(404, "Not Found")
    case ("POST", "git", 2) where path[1] == "refs": makeBranch(request, &state)
    case ("GET", "contents", 2...): contents(path, request.query["ref"] ?? state.defaultBranch, state)
    case ("PUT", "contents", 2...): write(request, path, &state)
    case ("GET", "pulls", 1):
      .json(
        200,
        state.proposals.filter { request.query["head"] == "\(owner(state)):\($0.object["head"] as? String ?? "")" }.map {
          shown($0)
        })
    case ("POST", "pulls", 1): propose(request, &state)
    case ("GET", "pulls", 2):
      state.pulls.first { String($0.number) == path[1] }.map { .json(200, shown($0, state)) } ?? .error(404, "Not Found")
    case ("GET", "commits", 3) where path[2] == "pulls":
      GitHubRoutes.page(state.pulls.filter { ancestors($0.head, state).contains(path[1]) }.map { shown($0, state) }, request, state)
    case ("GET", "compare", 2): compare(path[1], state)
    case ("GET", "commits", 1): commits(request, state)
    case ("GET", "commits", 2):
      state.commits.first { $0.sha == path[1] }.map { .json(200, ["sha": $0.sha, "parents": $0.parents.map { ["sha": $0] }]) }
        ?? .error(422, "No commit found for SHA: \(path[1])")
    case ("GET", "check-runs", 3) where path[2] == "annotations":
      GitHubRoutes.page(
        state.annotations[Int(path[1]) ?? 0, default: []].map { ["annotation_level": "failure", "message": $0] }, request, state)
    default: .error(404, "Not Found")
    }
  }

  private static func object(_ request: Request) -> [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]) ?? [:]
  }

  private static func bytes(_ object: [String: Any]) -> [UInt8] {
    Array((try? JSONSerialization.data(withJSONObject: object)) ?? Data())
  }

  private static func author(_ request: Request, _ state: State) -> String {
    request.headers["authorization"] == "Bearer token" ? state.user ?? "github-actions[bot]" : state.app.slug + "[bot]"
  }

  private static func postStatus(_ request: Request, _ commit: String, _ state: inout State) -> Answer {
    let body = object(request)
    guard ["error", "failure", "pending", "success"].contains(body["state"] as? String ?? ""),
      (body["description"] as? String ?? "").utf16.count <= 140
    else {
      return .json(
        422,
        [
          "message": "Validation Failed",
          "errors": [
            [
              "resource": "Status", "code": "custom", "field": "description",
              "message": "description is too long (maximum is 140 characters)",
            ]
          ],
        ])
    }
    state.nextID += 1
    var stored = body
    stored["created_at"] = GitHubRoutes.time(1_767_323_645 + Double(state.nextID))
    let posted = GitHubWorld.Posted(id: state.nextID, subject: commit, json: bytes(stored), author: author(request, state))
    state.statuses.append(posted)
    return .json(201, shown(posted))
  }

  private static func shown(_ posted: GitHubWorld.Posted) -> [String: Any] {
    var object = posted.object
    object["id"] = posted.id
    object["creator"] = ["login": posted.author]
    object["user"] = ["login": posted.author]
    if object["body"] != nil, object["head"] == nil {
      object["html_url"] = "https://github.com/o/r/pull/\(posted.subject)#issuecomment-\(posted.id)"
    }
    if var output = object["output"] as? [String: Any] {
      output["annotations_count"] = (output.removeValue(forKey: "annotations") as? [Any])?.count ?? 0
      object["output"] = output
    }
    return object
  }

  private static func checkProblem(_ body: [String: Any]) -> String? {
    let output = body["output"] as? [String: Any] ?? [:]
    let actions = body["actions"] as? [[String: Any]] ?? []
    if (output["annotations"] as? [Any])?.count ?? 0 > 50 { return "No more than 50 annotations are allowed." }
    if (output["summary"] as? String ?? "").utf8.count > 65_535 { return "Only 65535 characters are allowed." }
    if actions.count > 3 { return "No more than 3 actions are allowed." }
    for action in actions {
      for (name, most) in [("label", 20), ("description", 40), ("identifier", 20)] {
        guard let text = action[name] as? String, text.utf16.count <= most else { return "\(name) is too long" }
      }
    }
    if body["status"] as? String == "completed", body["conclusion"] == nil { return "conclusion is missing" }
    return nil
  }

  private static func postCheck(_ request: Request, _ state: inout State) -> Answer {
    guard request.headers["authorization"] != "Bearer token" else {
      return .error(403, "You must authenticate via a GitHub App.")
    }
    var body = object(request)
    if let problem = checkProblem(body) { return .error(422, problem) }
    state.nextID += 1
    body["app"] = ["id": state.app.id]
    let posted = GitHubWorld.Posted(
      id: state.nextID, subject: body["head_sha"] as? String ?? "", json: bytes(body), author: author(request, state))
    state.checks.append(posted)
    return .json(201, shown(posted))
  }

  private static func patchCheck(_ request: Request, _ id: String, _ state: inout State) -> Answer {
    guard let index = state.checks.firstIndex(where: { String($0.id) == id }) else { return .error(404, "Not Found") }
    let body = object(request)
    if let problem = checkProblem(body) { return .error(422, problem) }
    var whole = state.checks[index].object
    let before = (whole["output"] as? [String: Any])?["annotations"] as? [Any] ?? []
    whole.merge(body) { $1 }
    if var output = whole["output"] as? [String: Any] {
      output["annotations"] = before + ((body["output"] as? [String: Any])?["annotations"] as? [Any] ?? [])
      whole["output"] = output
    }
    state.checks[index].json = bytes(whole)
    return .json(200, shown(state.checks[index]))
  }

  private static func comment(_ request: Request, _ path: [String], _ state: inout State) -> Answer {
    if path[2] == "comments" {
      state.nextID += 1
      let posted = GitHubWorld.Posted(id: state.nextID, subject: path[1], json: request.body, author: author(request, state))
      state.comments.append(posted)
      return .json(201, shown(posted))
    }
    guard path[1] == "comments", let index = state.comments.firstIndex(where: { String($0.id) == path[2] }) else {
      return .error(404, "Not Found")
    }
    if request.method == "DELETE" {
      state.comments.remove(at: index)
      return Answer(204)
    }
    state.comments[index].json = request.body
    return .json(200, shown(state.comments[index]))
  }

  private static func shown(_ pull: GitHubWorld.Pull, _ state: State) -> [String: Any] {
    [
      "number": pull.number, "state": pull.isOpen ? "open" : "closed", "head": ["sha": pull.head, "repo": NSNull()],
      "base": ["ref": pull.base, "repo": ["full_name": state.repository]],
    ]
  }

  // MARK: Files and proposals

  private static func owner(_ state: State) -> String { String(state.repository.split(separator: "/")[0]) }

  private static func makeBranch(_ request: Request, _ state: inout State) -> Answer {
    let body = object(request)
    guard let ref = body["ref"] as? String, ref.hasPrefix("refs/heads/"), let sha = body["sha"] as? String else {
      return .error(422, "Reference name is missing")
    }
    let name = String(ref.dropFirst(11))
    guard state.branches[name] == nil else { return .error(422, "Reference already exists") }
    state.branches[name] = sha
    return .json(201, ["ref": ref, "object": ["sha": sha]])
  }

  /// A blob's name is none that git would give it, but it changes with the content.
  private static func blob(_ content: [UInt8]) -> String {
    let sum = content.reduce(UInt64(7)) { ($0 &* 31) &+ UInt64($1) }
    return String(repeating: "0", count: 24) + String(format: "%016lx", sum)
  }

  private static func contents(_ path: [String], _ branch: String, _ state: State) -> Answer {
    let name = path.dropFirst().joined(separator: "/")
    guard let content = state.files["\(branch):\(name)"] ?? state.files["\(state.defaultBranch):\(name)"] else {
      return .error(404, "Not Found")
    }
    return .json(
      200,
      ["sha": blob(content), "encoding": "base64", "content": Data(content).base64EncodedString(options: .lineLength76Characters)])
  }

  private static func write(_ request: Request, _ path: [String], _ state: inout State) -> Answer {
    let body = object(request)
    let branch = body["branch"] as? String ?? state.defaultBranch
    let name = path.dropFirst().joined(separator: "/")
    guard state.branches[branch] != nil, let text = body["content"] as? String, let content = Data(base64Encoded: text) else {
      return .error(404, "Branch \(branch) not found")
    }
    let before = state.files["\(branch):\(name)"] ?? state.files["\(state.defaultBranch):\(name)"]
    guard body["sha"] as? String == before.map(blob) else { return .error(before == nil ? 422 : 409, "sha does not match") }
    state.files["\(branch):\(name)"] = Array(content)
    return .json(before == nil ? 201 : 200, ["content": ["path": name]])
  }

  private static func propose(_ request: Request, _ state: inout State) -> Answer {
    let body = object(request)
    guard let head = body["head"] as? String, state.branches[head] != nil else { return .error(422, "head is invalid") }
    guard !state.proposals.contains(where: { $0.object["head"] as? String == head }) else {
      return .error(422, "A pull request already exists for \(owner(state)):\(head).")
    }
    state.nextID += 1
    var stored = body
    stored["html_url"] = "https://github.com/\(state.repository)/pull/\(state.nextID)"
    let posted = GitHubWorld.Posted(id: state.nextID, subject: head, json: bytes(stored), author: author(request, state))
    state.proposals.append(posted)
    return .json(201, shown(posted))
  }

  // MARK: Commits

  private static func parents(_ commit: String, _ state: State) -> [String] {
    state.commits.first { $0.sha == commit }?.parents ?? []
  }

  /// A commit and all that it descends from.
  private static func ancestors(_ commit: String, _ state: State) -> Set<String> {
    var found: Set<String> = []
    var open = [commit]
    while let next = open.popLast() { if found.insert(next).inserted { open += parents(next, state) } }
    return found
  }

  private static func compare(_ ends: String, _ state: State) -> Answer {
    let parts = ends.components(separatedBy: "...").map { state.branches[$0] ?? $0 }
    guard parts.count == 2, parts.allSatisfy({ part in state.commits.contains { $0.sha == part } }) else {
      return .error(404, "Not Found")
    }
    let base = ancestors(parts[0], state)
    let head = ancestors(parts[1], state)
    guard let merge = state.commits.last(where: { base.contains($0.sha) && head.contains($0.sha) }) else {
      return .error(404, "No common ancestor between \(parts[0]) and \(parts[1]).")
    }
    let ahead = head.subtracting(base).count
    let behind = base.subtracting(head).count
    let status = ahead == 0 ? (behind == 0 ? "identical" : "behind") : (behind == 0 ? "ahead" : "diverged")
    return .json(
      200, ["status": status, "ahead_by": ahead, "behind_by": behind, "merge_base_commit": ["sha": merge.sha], "commits": []])
  }

  private static func commits(_ request: Request, _ state: State) -> Answer {
    let named = request.query["sha"] ?? ""
    let of = ancestors(state.branches[named] ?? named, state)
    return GitHubRoutes.page(state.commits.reversed().filter { of.contains($0.sha) }.map { ["sha": $0.sha] }, request, state)
  }
}
