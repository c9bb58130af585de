import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct GitHubCodeHostTests {
  private static func sha(_ digit: Character) -> String { String(repeating: digit, count: 40) }
  private let commit = sha("a")

  private func reason(_ call: () async throws -> some Any) async -> ProviderError.Reason? {
    do {
      _ = try await call()
      return nil
    } catch {
      return (error as? ProviderError)?.reason
    }
  }

  @Test func statusesArePostedAndFound() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    #expect(try await host.newestStatus(of: commit, context: "culprit", in: "o/r") == nil)
    let status = CommitStatus(
      .failure, description: "2 of 5 failures need attention: 1 new, 1 unknown (2 flaky, 1 upstream)",
      link: "https://culprit.example/c/\(commit)")
    let posted = try await host.post(status, on: commit, in: "o/r")
    #expect(posted.status == status && posted.author == "ada")
    for index in 0..<250 {
      try await host.post(CommitStatus(.pending, context: "other/\(index)", description: ""), on: commit, in: "o/r")
    }
    #expect(try await host.newestStatus(of: commit, context: "Culprit", in: "o/r") == posted)
    #expect(try await host.statuses(of: commit, in: "o/r").count == 251)
    let newer = try await host.post(CommitStatus(.success, description: "No failures"), on: commit, in: "o/r")
    #expect(try await host.newestStatus(of: commit, context: "culprit", in: "o/r") == newer)
  }

  @Test func aDescriptionIsNeverLongerThanGitHubTakes() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    for text in [String(repeating: "x", count: 140), String(repeating: "é", count: 141), String(repeating: "👩‍👩‍👧", count: 80)] {
      let posted = try await host.post(CommitStatus(.error, description: text), on: commit, in: "o/r")
      #expect(posted.status.description.utf16.count <= 140)
      #expect(text == posted.status.description || posted.status.description.hasSuffix("…"))
    }
  }

  @Test func aFileIsProposedOnceHoweverOftenItIsTried() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    let main = Self.sha("b")
    fixture.world.set { world in
      world.branches = ["main": main]
      world.files = ["main:patterns/net/reset.yaml": Array("title: old\n".utf8)]
    }
    let proposal = FileProposal(
      path: "patterns/net/reset.yaml", content: "title: 'new ü'\n", branch: "culprit/net/reset-1", title: "Pattern net/reset",
      body: "why")
    // Cut off before the file, and before the pull request.
    for line in ["PUT /repos/o/r/contents", "POST /repos/o/r/pulls"] {
      fixture.world.set { $0.broken[line] = 403 }
      #expect(await reason { try await host.propose(proposal, in: "o/r") } == .forbidden)
      fixture.world.set { $0.broken = [:] }
    }
    let address = try await host.propose(proposal, in: "o/r")
    #expect(try await host.propose(proposal, in: "o/r") == address)
    let state = fixture.world.state.withLock(\.self)
    #expect(state.proposals.count == 1 && address.hasPrefix("https://github.com/o/r/pull/"))
    #expect(state.branches == ["main": main, proposal.branch: main])
    #expect(state.files["culprit/net/reset-1:patterns/net/reset.yaml"] == Array(proposal.content.utf8))
    #expect(state.files["main:patterns/net/reset.yaml"] == Array("title: old\n".utf8))
    #expect(state.requests.count { $0.line.hasPrefix("POST ") && $0.line.hasSuffix("/git/refs") } == 1)
    #expect(state.proposals[0].object["base"] as? String == "main")
  }

  private func check(_ annotations: Int) -> CheckRun {
    CheckRun(
      externalID: "c-1", link: "https://culprit.example/c", progress: .completed(.failure), title: "2 failures",
      summary: String(repeating: "ü", count: 40_000), text: "…",
      annotations: (0..<annotations).map {
        CheckRun.Annotation(
          path: "Sources/a.swift", startLine: $0 + 1, level: .failure, message: "line \($0)", title: "t", details: "d")
      },
      actions: [
        .init(label: "Re-run the flaky ones now", description: String(repeating: "d", count: 60), identifier: "rerun-flaky"),
        .init(label: "Known", description: "Mark as known", identifier: "known"),
        .init(label: "Wrong", description: "Report", identifier: "wrong"), .init(label: "4th", description: "", identifier: "4th"),
      ])
  }

  @Test func checkRunsKeepGitHubsLimits() async throws {
    let fixture = try await GitHubFixture()
    let (host, _) = try fixture.app()
    let created = try await host.create(check(120), on: commit, in: "o/r")
    #expect(fixture.world.requests.filter { $0.path.contains("check-runs") }.map(\.method) == ["POST", "PATCH", "PATCH"])
    var known = try await host.checkRuns(of: commit, named: "culprit", in: "o/r")
    #expect(known.count == 1 && known[0].id == created.id && known[0].annotations == 120)
    #expect(known[0].externalID == "c-1" && known[0].conclusion == .failure && known[0].app == 4242 && known[0].commit == commit)
    #expect(try #require(known[0].summary).utf8.count <= 65_535)
    var update = check(0)
    (update.progress, update.title) = (.completed(.success), "none of them new")
    try await host.update(created.id, to: update, in: "o/r")
    known = try await host.checkRuns(of: commit, named: "culprit", in: "o/r")
    #expect(known[0].conclusion == .success && known[0].title == "none of them new" && known[0].annotations == 120)
    update.progress = .inProgress
    #expect(try await host.update(created.id, to: update, in: "o/r").isCompleted == false)
  }

  @Test func onlyAnAppMayPostCheckRuns() async throws {
    let fixture = try await GitHubFixture()
    #expect(await reason { try await GitHubCodeHost(fixture.client()).create(check(0), on: commit, in: "o/r") } == .forbidden)
  }

  @Test func oneCommentIsFoundEditedAndDeleted() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    let marker = "<!-- culprit -->"
    func post(_ body: String, by author: String) {
      fixture.world.set { world in
        world.nextID += 1
        let json = (try? JSONSerialization.data(withJSONObject: ["body": body])) ?? Data()
        world.comments.append(GitHubWorld.Posted(id: world.nextID, subject: "17", json: Array(json), author: author))
      }
    }
    for index in 0..<120 { post("comment \(index)", by: "eve") }
    post("> \(marker)\n> quoted", by: "ada")
    post("\(marker)\nnot ours", by: "eve")
    #expect(try await host.ownName() == "ada")
    #expect(try await host.comment(on: 17, marker: marker, by: "ada", in: "o/r") == nil)
    let written = try await host.comment("\(marker)\n1 failure", on: 17, in: "o/r")
    #expect(try await host.comment(on: 17, marker: marker, by: "Ada", in: "o/r") == written)
    let edited = try await host.edit(comment: written.id, to: "\(marker)\nNo failures", in: "o/r")
    #expect(edited.id == written.id && edited.body == "\(marker)\nNo failures")
    try await host.delete(comment: written.id, in: "o/r")
    try await host.delete(comment: written.id, in: "o/r")
    #expect(try await host.comment(on: 17, marker: marker, by: "ada", in: "o/r") == nil)
    #expect(await reason { try await host.edit(comment: written.id, to: "x", in: "o/r") } == .notFound)
  }

  @Test func whoseTheCredentialIs() async throws {
    let fixture = try await GitHubFixture()
    #expect(try await fixture.app().host.ownName() == "culprit-app[bot]")
    fixture.world.set { $0.user = nil }
    #expect(try await GitHubCodeHost(fixture.client()).ownName() == nil)
    #expect(try await GitHubCodeHost(fixture.client(.none)).ownName() == nil)
  }

  @Test func pullRequestsByNumberAndByCommit() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    fixture.world.set { world in
      world.commits = [(commit, []), (Self.sha("b"), [commit])]
      world.pulls = [GitHubWorld.Pull(number: 17, head: Self.sha("b")), GitHubWorld.Pull(number: 18, head: commit)]
      (world.pulls[1].isOpen, world.pulls[1].base) = (false, "release/2")
    }
    let seventeen = PullRequest(repository: "o/r", number: 17, head: Self.sha("b"), baseBranch: "main", isOpen: true)
    #expect(try await host.pullRequest(17, in: "o/r") == seventeen)
    #expect(
      try await host.pullRequests(of: commit, in: "O/R")
        == [seventeen, PullRequest(repository: "o/r", number: 18, head: commit, baseBranch: "release/2", isOpen: false)])
    #expect(await reason { try await host.pullRequest(99, in: "o/r") } == .notFound)
    #expect(try await host.defaultBranch(of: "o/r") == "main")
  }

  /// a ── b ── c ── e, with d beside c, and f alone.
  @Test func commitsAndWhatTheyDescendFrom() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    let (a, b, c, d, e, f) = (Self.sha("a"), Self.sha("b"), Self.sha("c"), Self.sha("d"), Self.sha("e"), Self.sha("f"))
    fixture.world.set { $0.commits = [(a, []), (b, [a]), (c, [b]), (d, [b]), (e, [c]), (f, [])] }
    #expect(try await host.compare(d, with: e, in: "o/r") == Comparison(status: .diverged, mergeBase: b, aheadBy: 2, behindBy: 1))
    #expect(try await host.mergeBase(of: d, and: e, in: "o/r") == b)
    #expect(try await host.mergeBase(of: d, and: f, in: "o/r") == nil)
    for (ancestor, commit, answer) in [(a, e, true), (e, e, true), (e, a, false), (d, e, false), (f, e, false)] {
      #expect(try await host.isAncestor(ancestor, of: commit, in: "o/r") == answer, "\(ancestor) \(commit)")
    }
    #expect(await reason { try await host.isAncestor(a, of: Self.sha("9"), in: "o/r") } == .notFound)
    #expect(try await host.ancestors(of: e, atMost: 10, in: "o/r") == [c, b, a])
    #expect(try await host.ancestors(of: e, atMost: 2, in: "o/r") == [c, b])
  }

  @Test func manyAncestorsTakeAsManyPagesAsNeeded() async throws {
    let fixture = try await GitHubFixture()
    let names = (0..<450).map { index in
      let digits = String(index, radix: 16)
      return String(repeating: "0", count: 40 - digits.count) + digits
    }
    fixture.world.set { world in world.commits = names.enumerated().map { ($1, $0 == 0 ? [] : [names[$0 - 1]]) } }
    let found = try await GitHubCodeHost(fixture.client()).ancestors(of: names[449], atMost: 220, in: "o/r")
    #expect(found == Array(names[..<449].reversed().prefix(220)))
    #expect(fixture.world.requests.count == 3)
  }
}
