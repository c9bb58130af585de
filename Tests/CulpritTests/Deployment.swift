import Foundation
import Model
import Postgres
import Store
import TestSupport

/// Processes of the program around one database, with a GitHub on loopback.
final class Deployment: Sendable {
  static let base = String(repeating: "b", count: 40)

  let world = GitHubWorld()
  let database: ConnectionConfiguration
  private let servers: GitHubWorld.Servers
  private let environment: [String: String]
  private let folder: ScratchFolder

  /// - Parameter url: of the database, for the processes.
  init(_ database: ConnectionConfiguration, url: String) throws {
    self.database = database
    servers = try world.serve()
    folder = try ScratchFolder()
    try folder.pattern("net/reset", match: "connection reset", hit: "connection reset", verdict: "flaky")
    try folder.pattern("build/error", match: "error: .*", hit: "error: x")
    environment = [
      "DATABASE_URL": url, "CULPRIT_DATA": folder.path + "/data", "CULPRIT_PATTERNS": folder.path + "/patterns",
      "GITHUB_API_URL": servers.api.url, "GITHUB_TOKEN": "token", "CULPRIT_GITHUB_WEBHOOK_SECRET": WebhookSender.secret,
      "CULPRIT_COOL_OFF": "1", "CULPRIT_LANES": "2",
    ]
  }

  /// With a database of its own on the server of the tests.
  static func with(_ body: (Deployment) async throws -> Void) async throws {
    try await TestLedger.with { ledger in
      try await body(try Deployment(ledger.database.configuration, url: try await ledger.database.url))
    }
  }

  static func commit(_ number: Int) -> String { String(format: "%040x", 0xC0_0000 + number) }

  /// Commits that each branch off the end of `main`.
  func makeCommits(_ count: Int) {
    world.set { state in
      state.commits = [(Self.base, [])] + (0..<count).map { (Self.commit($0), [Self.base]) }
      state.branches = ["main": Self.base]
    }
  }

  func start(_ arguments: String...) throws -> Command.Running { try Command.start(arguments, environment: environment) }

  /// A `culprit serve` on a port of its own, once it listens.
  func serve(_ arguments: String...) async throws -> (process: Command.Running, sender: WebhookSender) {
    let process = try Command.start(["serve", "--listen", "127.0.0.1:0"] + arguments, environment: environment)
    while process.isRunning {
      if let url = process.output.firstMatch(of: /listening on (http:\S+)\n/)?.1 {
        return (process, WebhookSender(url: String(url)))
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failed(what: try await Command.finish(process).errors)
  }

  struct Failed: Error { let what: String }

  /// Asks a process to stop, as a service manager does, and waits until it has.
  func stop(_ process: Command.Running) async throws -> Command {
    kill(process.processIdentifier, SIGTERM)
    return try await Command.finish(process)
  }

  /// Waits until a query counts to a number. A server that is being restarted is waited for.
  func until(_ count: SQL, is number: Int) async throws {
    while true {
      do {
        let connection = try await Connection.connect(database)
        while try await connection.run({ session in
          try session.query("SELECT (\(count))::bigint AS count, pg_sleep(0.05)").only().decode(Int.self, "count")
        }) != number {}
        return
      } catch let error as PostgresError where error.isConnectionLost {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  /// Waits until nothing waits for a worker any more.
  func untilAllIsDone() async throws {
    try await until(
      """
      SELECT (SELECT count(*) FROM delivery WHERE state = 'pending') + (SELECT count(*) FROM build WHERE list_state = 'pending')
           + (SELECT count(*) FROM log WHERE fetch_state = 'pending' OR lines IS NULL) + (SELECT count(*) FROM commit_due)
      """, is: 0)
  }

  func count(_ query: SQL) async throws -> Int {
    try await Connection.connect(database).run { session in try session.query(query).only().decode(Int.self, "count") }
  }

  /// What was posted on each commit, in its order: state and text.
  func statuses() -> [String: [String]] {
    world.state.withLock(\.statuses).reduce(into: [:]) { all, posted in
      all[posted.subject, default: []].append("\(posted.object["state"] ?? "?"): \(posted.object["description"] ?? "?")")
    }
  }

  /// How often the file store was asked for each log.
  func fetches() -> [String: Int] {
    world.storeRequests.reduce(into: [:]) { all, request in all[request.path.last ?? "", default: 0] += 1 }
  }
}
