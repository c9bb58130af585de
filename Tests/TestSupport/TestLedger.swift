import Analysis
import Foundation
import LogArchive
import Model
import Pipeline
import Postgres
import Store

/// A database with all tables, an archive folder, and what it takes to fill them, for one test.
package struct TestLedger: Sendable {
  package let database: TestDatabase
  package let pool: ConnectionPool
  package let store: Store
  package let archive: LogArchive
  package let folder: String

  private static let template = Task {
    let database = try await TestDatabase.create()
    let connection = try await database.connect()
    try await Migrator(Migration.load(folder: repositoryRoot + "/sql")).migrate(connection)
    return database.name
  }

  /// Where the package lies.
  package static let repositoryRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// How many there are at once: each takes up to a dozen of the server's connections.
  private static let turnstile = Turnstile(6)

  /// Lends a fresh ledger to the body and removes it afterwards.
  package static func with<Value>(
    engine: Int = Engine.version, _ body: (TestLedger) async throws -> Value
  ) async throws -> Value {
    await turnstile.enter()
    defer { turnstile.leave() }
    let folder = TestCluster.makeFolder() + "-ledger"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await TestDatabase.with(template: try await template.value) { database in
      let pool = ConnectionPool(database.configuration, limit: 8)
      defer { pool.close() }
      return try await body(
        TestLedger(
          database: database, pool: pool, store: Store(pool: pool, engine: engine),
          archive: try LogArchive(folder: folder + "/archive"), folder: folder))
    }
  }

  /// A failed build with one log.
  package static func build(
    _ externalID: String, commit: String = String(repeating: "a", count: 40), job: String = "linux", attempt: Int = 1,
    outcome: Build.Outcome = .failure, repository: String = "acme/engine", finishedAt: Double? = 1_700_000_000
  ) -> Build {
    Build(
      provider: "folder", repository: repository, externalID: externalID, attempt: attempt, commit: commit, branch: "main",
      pullRequest: nil, workflow: "ci", job: job, outcome: outcome, url: nil, finishedAt: finishedAt)
  }

  /// Archives a text and enters it as the log of a build.
  @discardableResult
  package func enter(_ text: String, _ build: Build, step: String = "") async throws -> Store.Entered {
    let stored = try archive.store(bytes: Array(text.utf8))
    return try await store.enter([Store.Entry(build: build, step: step, digest: stored.digest.bytes, bytes: stored.size)])
  }

  /// Syncs patterns as if they were all the files there are.
  @discardableResult
  package func sync(_ patterns: [Pattern]) async throws -> (changes: Store.SyncChanges, due: Int) {
    try await store.sync(
      patterns.map { Store.SyncPattern(pattern: $0, digest: RevisionDigest.of($0.definition)) }, dryRun: false)
  }

  package func rescan(_ scope: RescanScope = RescanScope(), lanes: Int = 2) async throws -> RescanStage.Progress {
    var settings = RescanStage.Settings()
    settings.lanes = lanes
    return try await RescanStage(store: store, archive: archive, database: database.configuration, settings: settings).run(scope)
  }

  /// Every finding as a line of text, in the order of the export.
  package func findings() async throws -> [String] {
    let lines = Lines()
    try await store.exportFindings { exported in
      let finding = exported.finding
      lines.append(
        "\(exported.build.externalID) \(finding.line):\(finding.segment):\(finding.start)-\(finding.end) \(finding.pattern) \(finding.text)"
      )
    }
    return lines.all
  }

  private final class Lines: @unchecked Sendable {
    // Written by one transaction, read after it.
    private(set) var all: [String] = []
    func append(_ line: String) { all.append(line) }
  }
}

extension Pattern {
  /// A pattern for a test, with all else by default.
  package static func test(
    _ id: String, match: String, title: String = "", verdict: PatternVerdict = .failure, priority: Int = defaultPriority,
    fallback: Bool = false, retired: Bool = false, reviewBy: CalendarDay? = nil, groupBy: [String] = [],
    owner: String? = nil, remedy: String? = nil
  ) -> Pattern {
    Pattern(
      id: PatternID(id), title: title.isEmpty ? id : title, definition: MatchDefinition(matcher: .match(match)), verdict: verdict,
      priority: priority, fallback: fallback, groupBy: groupBy, owner: owner, remedy: remedy, reviewBy: reviewBy, retired: retired)
  }
}

extension LogArchive {
  /// Stores bytes that are in memory.
  package func store(bytes: [UInt8]) throws -> StoredLog {
    var rest = bytes[...]
    return try store { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
  }
}
