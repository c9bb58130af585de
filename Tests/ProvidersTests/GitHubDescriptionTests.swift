import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

/// Everything that is ever asked of GitHub, held against its own description.
@Suite struct GitHubDescriptionTests {
  private static let description: URL? = SharedData.file("api/github-openapi/api.github.com.json")

  private func askEverything(_ fixture: GitHubFixture) async throws {
    let commit = String(repeating: "a", count: 40)
    let base = String(repeating: "b", count: 40)
    fixture.world.set { world in
      world.commits = [(base, []), (commit, [base])]
      world.pulls = [GitHubWorld.Pull(number: 17, head: commit)]
      world.runs = [GitHubWorld.Run(id: 7, commit: commit, createdAt: GitHubFixture.start - 600)]
      world.jobs = [GitHubWorld.Job(id: 71, run: 7, completedAt: GitHubFixture.start)]
    }
    let (host, _) = try fixture.app()
    for credential in [GitHubCredential.token("token"), .none] {
      _ = try await GitHubCodeHost(fixture.client(credential)).ownName()
    }
    _ = try await host.ownName()
    _ = try await host.defaultBranch(of: "o/r")
    try await host.post(
      CommitStatus(.failure, description: "1 of 1 failure needs attention: new", link: "https://c.example"), on: commit, in: "o/r")
    try await host.post(CommitStatus(.pending, description: ""), on: commit, in: "o/r")
    _ = try await host.newestStatus(of: commit, context: "culprit", in: "o/r")
    let annotations = (1...60).map {
      CheckRun.Annotation(path: "a", startLine: $0, level: .warning, message: "m", title: "t", details: "d")
    }
    let actions = [CheckRun.Action(label: "Re-run", description: "Run the flaky ones again", identifier: "rerun-flaky")]
    let whole = CheckRun(
      externalID: "1", link: "https://c.example", progress: .completed(.timedOut), title: "t",
      summary: String(repeating: "s", count: 70_000),
      text: "t", annotations: annotations, actions: actions)
    let check = try await host.create(whole, on: commit, in: "o/r")
    for progress in [CheckRun.Progress.queued, .inProgress] + CheckRun.Conclusion.allCases.map({ .completed($0) }) {
      try await host.update(check.id, to: CheckRun(progress: progress, title: "t", summary: "s"), in: "o/r")
      try await host.create(CheckRun(progress: progress, title: "t", summary: "s"), on: commit, in: "o/r")
    }
    _ = try await host.checkRuns(of: commit, named: "culprit", in: "o/r")
    let comment = try await host.comment("<!-- culprit -->", on: 17, in: "o/r")
    _ = try await host.comment(on: 17, marker: "<!-- culprit -->", by: nil, in: "o/r")
    try await host.edit(comment: comment.id, to: "x", in: "o/r")
    try await host.delete(comment: comment.id, in: "o/r")
    fixture.world.set { $0.branches["main"] = commit }
    for content in ["title: a", "title: b"] {
      _ = try await host.propose(
        FileProposal(path: "patterns/a/b.yaml", content: content, branch: "culprit/a/b", title: "t", body: "b"), in: "o/r")
    }
    _ = try await host.pullRequest(17, in: "o/r")
    _ = try await host.pullRequests(of: commit, in: "o/r")
    _ = try await host.mergeBase(of: base, and: commit, in: "o/r")
    _ = try await host.isAncestor(base, of: commit, in: "o/r")
    _ = try await host.ancestors(of: commit, atMost: 5, in: "o/r")

    let actionsProvider = GitHubActions(host.client)
    let query = BuildQuery(since: GitHubFixture.start - 86_400, branch: "main")
    let builds = try await actionsProvider.builds(of: "o/r", query, after: nil).builds
    let build = try #require(builds.first)
    _ = try await actionsProvider.builds(ofRun: "7", of: "o/r")
    // Neither the log nor the zip is there, so all ways to it are tried.
    _ = try? await actionsProvider.fetch(LogReference(step: "", locator: "71"), of: build) { _ in }
    fixture.world.set { $0.zips["7/1"] = [1] }
    _ = try? await actionsProvider.fetch(LogReference(step: "", locator: "71"), of: build) { _ in }
    try await actionsProvider.rerun(build)
    try await actionsProvider.rerunFailedJobs(ofRun: 7, of: "o/r")
  }

  @Test(.enabled(if: description != nil, "there is no shared data")) func everyRequestIsAsGitHubDescribesIt() async throws {
    let described = try GitHubDescription(try #require(Self.description))
    let fixture = try await GitHubFixture()
    try await askEverything(fixture)
    let requests = fixture.world.requests
    #expect(Set(requests.map(\.method)) == ["GET", "POST", "PUT", "PATCH", "DELETE"] && requests.count > 45)
    let problems = Set(requests.flatMap { described.problems(of: $0) })
    #expect(problems.isEmpty, "\(problems)")
  }

  /// A check that finds nothing wrong proves something only if it would.
  @Test(.enabled(if: description != nil, "there is no shared data")) func theCheckFindsWhatIsWrong() throws {
    let described = try GitHubDescription(try #require(Self.description))
    let headers = [
      "accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28", "user-agent": "c",
      "content-type": "application/json",
    ]
    func problems(_ method: String, _ target: String, _ body: String = "", _ changes: [String: String] = [:]) -> Int {
      described.problems(
        of: GitHubWorld.Request(method: method, target: target, headers: headers.merging(changes) { $1 }, body: Array(body.utf8))
      ).count
    }
    #expect(problems("GET", "/repos/o/r/pulls/1") == 0)
    #expect(problems("GET", "/repos/o/r/pulls/one") == 1)
    #expect(problems("PUT", "/repos/o/r/pulls/1") == 1)
    #expect(problems("GET", "/repos/o/r/nothing") == 1)
    #expect(problems("GET", "/repos/o/r/commits?unknown=1") == 1)
    #expect(problems("GET", "/repos/o/r/actions/runs/1/jobs?filter=some") == 1)
    #expect(problems("POST", "/repos/o/r/statuses/a", #"{"state":"success"}"#) == 0)
    #expect(problems("POST", "/repos/o/r/statuses/a", #"{"state":"green"}"#) == 1)
    #expect(problems("POST", "/repos/o/r/statuses/a", #"{"description":7,"other":1}"#) == 3)
    #expect(problems("POST", "/repos/o/r/statuses/a") == 1)
    #expect(problems("GET", "/repos/o/r/pulls/1", "", ["accept": "*/*", "user-agent": "", "x-github-api-version": "x"]) == 3)
  }
}
