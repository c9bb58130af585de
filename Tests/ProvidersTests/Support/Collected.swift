import Curl
import Model
import Synchronization
import Testing

@testable import Providers

/// A sink that keeps what it gets.
final class Collected: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  var sink: LogSink {
    { piece in self.bytes.withLock { $0 += piece } }
  }
}

extension Provider {
  /// The text of a log.
  func text(of log: LogReference, _ build: Build) async throws -> String {
    let collected = Collected()
    try await fetch(log, of: build, into: collected.sink)
    return collected.text
  }

  /// All pages of a listing.
  func allBuilds(of project: String, since: Double = 0, branch: String? = nil) async throws -> (
    builds: [Build], oldestUnfinished: Double?
  ) {
    var builds: [Build] = []
    var oldest: Double?
    var cursor: String?
    for _ in 0..<50 {
      let page = try await self.builds(of: project, BuildQuery(since: since, branch: branch), after: cursor)
      builds += page.builds
      oldest = [oldest, page.oldestUnfinished].compactMap { $0 }.min()
      guard let next = page.next else { return (builds, oldest) }
      cursor = next
    }
    Issue.record("the pages have no end")
    return (builds, oldest)
  }
}

/// Why something isn't done; nil if it is.
func reason(_ body: () async throws -> Void) async throws -> ProviderError.Reason? {
  do {
    try await body()
    return nil
  } catch let error as ProviderError {
    return error.reason
  }
}

/// A build for what asks only for its ids.
func build(_ provider: String, _ id: String, in repository: String = "o/r", attempt: Int = 1) -> Build {
  Build(
    provider: provider, repository: repository, externalID: id, attempt: attempt, commit: String(repeating: "a", count: 40),
    branch: "main",
    pullRequest: nil, workflow: "", job: "test", outcome: .failure, url: nil, finishedAt: nil)
}

let sha = String(repeating: "ab", count: 20)
