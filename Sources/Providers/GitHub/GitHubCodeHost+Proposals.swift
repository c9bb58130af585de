import Curl
import Foundation
import Model

extension GitHubCodeHost {
  /// Makes a branch off the default one, commits the file to it, and opens a pull request.
  ///
  /// Each step looks first whether it was done: whoever is cut off does the same again and gets the same pull request.
  /// - Returns: the address of the pull request for people.
  package func propose(_ proposal: FileProposal, in repository: String) async throws -> String {
    let base = try await defaultBranch(of: repository)
    if try await commit(ofBranch: proposal.branch, in: repository) == nil {
      guard let start = try await commit(ofBranch: base, in: repository) else {
        throw ProviderError(.notFound, operation: "propose a file to \(repository)", detail: "its branch \(base) has no commit")
      }
      try await makeBranch(proposal.branch, at: start, in: repository)
    }
    try await write(proposal, in: repository)
    if let open = try await openPullRequest(from: proposal.branch, in: repository) { return open }
    var call = try GitHubCall("open a pull request on \(repository)", .post, ["pulls"], in: repository)
    call.body = try StrictJSON.encode([
      "title": BoundedText.characters(proposal.title, atMost: 255), "head": proposal.branch, "base": base,
      "body": BoundedText.bytes(proposal.body, atMost: 60_000),
    ])
    return try Self.address(try await client.value(Opened.self, of: call), call)
  }

  /// Nil if there is no such branch.
  private func commit(ofBranch branch: String, in repository: String) async throws -> String? {
    struct Answer: Decodable {
      let object: Object

      struct Object: Decodable { let sha: ObjectName }
    }
    let path = ["git", "ref", "heads"] + branch.split(separator: "/").map(String.init)
    do {
      return try await client.value(Answer.self, of: GitHubCall("read the branch \(branch) of \(repository)", path, in: repository))
        .object.sha.text
    } catch let error as ProviderError where error.reason == .notFound {
      return nil
    }
  }

  private func makeBranch(_ branch: String, at commit: String, in repository: String) async throws {
    var call = try GitHubCall("make the branch \(branch) in \(repository)", .post, ["git", "refs"], in: repository)
    call.body = try StrictJSON.encode(["ref": "refs/heads/\(branch)", "sha": commit])
    _ = try await client.send(call)
  }

  private func write(_ proposal: FileProposal, in repository: String) async throws {
    struct Body: Encodable {
      let message, content, branch: String
      /// The blob that is replaced; nil for a new file.
      let sha: String?
    }
    let path = ["contents"] + proposal.path.split(separator: "/").map(String.init)
    let content = Data(proposal.content.utf8)
    let before = try await file(path, branch: proposal.branch, in: repository)
    if before?.content == content { return }
    var call = try GitHubCall("write \(proposal.path) to \(repository)", .put, path, in: repository)
    call.body = try StrictJSON.encode(
      Body(message: proposal.title, content: content.base64EncodedString(), branch: proposal.branch, sha: before?.blob))
    _ = try await client.send(call)
  }

  /// Nil if there is no such file.
  private func file(_ path: [String], branch: String, in repository: String) async throws -> (blob: String, content: Data?)? {
    struct Answer: Decodable {
      let sha: ObjectName
      let content: String?
    }
    var call = try GitHubCall("read \(path.dropFirst().joined(separator: "/")) of \(repository)", path, in: repository)
    call.query = [("ref", branch)]
    do {
      let answer = try await client.value(Answer.self, of: call)
      return (answer.sha.text, answer.content.flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) })
    } catch let error as ProviderError where error.reason == .notFound {
      return nil
    }
  }

  private struct Opened: Decodable {
    let address: String

    private enum CodingKeys: String, CodingKey { case address = "html_url" }
  }

  private func openPullRequest(from branch: String, in repository: String) async throws -> String? {
    var call = try GitHubCall("list the pull requests of \(repository)", ["pulls"], in: repository)
    let owner = repository.split(separator: "/").first.map(String.init) ?? ""
    call.query = [("state", "open"), ("head", "\(owner):\(branch)")]
    return try await client.value([Opened].self, of: call).first.map { try Self.address($0, call) }
  }

  /// The address leads people on, so it must be one of the web.
  private static func address(_ opened: Opened, _ call: GitHubCall) throws(ProviderError) -> String {
    guard let url = try? HTTPURL(opened.address) else {
      throw ProviderError(.malformed, operation: call.operation, detail: "html_url is no address")
    }
    return url.absolute
  }
}
