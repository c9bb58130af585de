import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// The program on a network as it is: proxies, certificates, other runs of itself.
@Suite struct NetworkTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func backfill(
    _ database: TestDatabase, _ variables: [String: String], _ arguments: [String] = []
  ) async throws -> Command {
    var all = [
      "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data", "GITHUB_TOKEN": "t0psecret",
      "GITLAB_TOKEN": CIWorld.token,
    ]
    all.merge(variables) { $1 }
    return try await Command.culprit(["backfill"] + arguments, environment: all)
  }

  private static let github = ["o/r", "--since", "1d", "--quiet"]
  private static let nothing = LoopbackServer.Answer(
    200, headers: [("Content-Type", "application/json")], #"{"total_count":0,"workflow_runs":[]}"#)

  @Test func proxiesAreNamedByTheUsualVariables() async throws {
    let proxy = try LoopbackServer { request in
      request.method == "CONNECT" ? .init(403, "not through here") : Self.nothing
    }
    defer { proxy.stop() }
    let address = "http://someone:pr0xysecret@127.0.0.1:\(proxy.port)"
    try await TestDatabase.with { database in
      let plain = try await backfill(
        database, ["GITHUB_API_URL": "http://api.culprit.invalid", "http_proxy": address], Self.github)
      #expect(plain.status == 0, "\(plain.errors)")
      #expect(proxy.requests.first?.target.hasPrefix("http://api.culprit.invalid/repos/o/r/actions/runs?") == true)
      #expect(proxy.requests.first?.headers["proxy-authorization"] != nil)

      // What is encrypted goes through a tunnel, and this proxy digs none.
      let tunnel = try await backfill(
        database, ["GITHUB_API_URL": "https://api.culprit.invalid", "HTTPS_PROXY": address], Self.github)
      #expect(tunnel.status == 2)
      #expect(proxy.requests.last.map { "\($0.method) \($0.target)" } == "CONNECT api.culprit.invalid:443")
      #expect(proxy.requests.last?.headers["authorization"] == nil)
      #expect(!tunnel.errors.contains("secret"))

      let count = proxy.requests.count
      let direct = try LoopbackServer { _ in Self.nothing }
      defer { direct.stop() }
      let exempt = try await backfill(
        database, ["GITHUB_API_URL": direct.url, "http_proxy": address, "NO_PROXY": "127.0.0.1"], Self.github)
      #expect(exempt.status == 0)
      #expect(direct.requests.count == 1 && proxy.requests.count == count)
    }
  }

  @Test func certificatesAreNamedByTheUsualVariables() async throws {
    let server = try TLSServer(protocols: "http/1.1")
    server.serve { _ in Self.nothing }
    try await TestDatabase.with { database in
      let refused = try await backfill(database, ["GITHUB_API_URL": server.url], Self.github)
      #expect(refused.status == 2)
      #expect(refused.errors.contains("certificate") && refused.errors.contains("SSL_CERT_FILE"), "\(refused.errors)")
      let trusted = try await backfill(
        database, ["GITHUB_API_URL": server.url, "SSL_CERT_FILE": server.certificate], Self.github)
      #expect(trusted.status == 0, "\(trusted.errors)")
    }
  }

  /// What cron goes by.
  @Test func backfillTellsHowItEndedByItsExitCode() async throws {
    let world = CIWorld(.gitlab)
    let servers = try world.serve()
    let now = Date().timeIntervalSince1970
    for run in 1...3 { world.finish("linux", run: run, at: now - 600 + Double(run)) }
    let variables = ["CULPRIT_GITLAB_URL": servers.api.url + "/api/v4"]
    let arguments = ["o/web", "--provider", "gitlab", "--quiet", "--format", "json"]
    try await TestDatabase.with { database in
      let dry = try await backfill(database, variables, arguments + ["--dry-run"])
      #expect(dry.status == 0 && dry.output.contains(#""entered":3"#), "\(dry.errors)")
      let listed = try await backfill(database, variables, arguments)
      #expect(listed.status == 0 && listed.output.contains(#""entered":3"#))
      let again = try await backfill(database, variables, arguments)
      #expect(again.status == 0 && again.output.contains(#""entered":0"#))

      let other = try await database.connect()
      let isOurs = try await other.run { session in try Store.lock(Store.Listing(provider: "gitlab", project: "o/web"), session) }
      #expect(isOurs)
      let busy = try await backfill(database, variables, arguments)
      #expect(busy.status == 3 && busy.errors.contains("another backfill of gitlab o/web is running"))
      #expect(await other.isAlive())
      _ = try await other.run { session in try session.execute("SELECT pg_advisory_unlock_all()") }

      world.set { $0.faults = [WorldFault("/pipelines", .json(401, ["message": "401 Unauthorized"]))] }
      let refused = try await backfill(database, variables, arguments)
      #expect(refused.status == 2 && refused.errors.contains("the token is missing or not accepted"))
      #expect(!refused.errors.contains("t0ken"))
      #expect(try await backfill(database, variables, ["o/web", "--provider", "gitlob"]).status == 2)
    }
  }
}
