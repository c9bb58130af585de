import Foundation
import Model
import Store
import TestSupport
import Testing

@testable import Web

/// `POST /api/v1/logs`.
@Suite struct EntryTests {
  private static let query = "repository=acme/engine&commit=\(String(repeating: "a", count: 40))&job=linux"

  private func enter(_ site: WebSite, _ query: String, _ body: String, _ headers: [String: String] = [:]) async throws -> (
    Int, JSONValue
  ) {
    let response = try await site.post("/api/v1/logs?" + query, body, type: "application/octet-stream", headers)
    return (response.status, try JSONValue(response.body))
  }

  @Test func aLogIsEnteredOnceAndScanned() async throws {
    try await WebSite.with { site in
      try await site.ledger.sync([.test("net/reset", match: "reset", verdict: .flaky)])
      let (status, receipt) = try await enter(site, Self.query, "a\nconnection reset\n")
      #expect(status == 201)
      #expect(receipt["bytes"].number == 19)
      let (again, same) = try await enter(site, Self.query, "a\nconnection reset\n")
      #expect(again == 200)
      #expect(same["isNew"].flag == false && same["build"].number == receipt["build"].number)
      // Nobody says when it ended: when it was first sent, however often it is.
      let sent = try await site.ledger.store.facts(ofCommit: String(repeating: "a", count: 40)).builds[0].build
      var build = sent
      build.finishedAt = nil
      let log = try await site.ledger.pool.run { session in
        try session.query("SELECT digest, bytes FROM log").only()
      }
      let entry = Store.Entry(build: build, step: "", digest: try log.decode("digest"), bytes: try log.decode("bytes"))
      #expect(
        try await site.ledger.store.enterSent(
          entry, by: Sender(name: "ada", mayChangeAll: true), now: WebSite.now + 60
        ).entered == Store.Entered())
      #expect(try await site.ledger.rescan().pairs == 1)
      #expect(try await site.ledger.findings().count == 1)
      let facts = try await site.ledger.store.facts(ofCommit: String(repeating: "a", count: 40))
      #expect(facts.builds.map(\.build.provider) == ["api"])
      #expect(facts.builds[0].build.finishedAt == WebSite.now)
    }
  }

  @Test func whatIsWrongIsNamedAndNothingIsEntered() async throws {
    try await WebSite.with { site in
      for (query, field) in [
        ("commit=abcdef1&job=linux", "repository"), (Self.query + "&jobb=x", "jobb"), (Self.query + "&attempt=0", "attempt"),
        (Self.query + "&outcome=red", "outcome"),
        (Self.query + "&finishedAt=9999-01-01T00:00:00Z", "finishedAt"), (Self.query + "&finishedAt=today", "finishedAt"),
      ] {
        let (status, problem) = try await enter(site, query, "x")
        #expect(status == 400)
        #expect(problem["field"].text == field)
      }
      let (badCommit, problem) = try await enter(site, "repository=a/b&commit=xyz&job=j", "x")
      #expect(badCommit == 400)
      #expect(problem["detail"].text == "commit must be a commit's name: 7 to 64 hexadecimal digits")
      let (empty, _) = try await enter(site, Self.query, "")
      #expect(empty == 400)
      let (coded, _) = try await enter(site, Self.query, "x", ["Content-Encoding": "gzip"])
      #expect(coded == 415)
      let part = try await site.post("/api/v1/logs?" + Self.query, "--x\r\n", type: "multipart/form-data; boundary=x")
      #expect(part.status == 415)
      let (packed, told) = try await enter(site, Self.query, "PK\u{3}\u{4}rest")
      #expect(packed == 415 && told["detail"].text == "the log is compressed by zip")
      #expect(try await site.ledger.store.buildCount() == 0)
    }
  }

  @Test func itTakesAScopeOfItsOwn() async throws {
    try await WebSite.with({ $0.login.isOpen = false }) { site in
      for (scope, status) in [(AccessScope.logs, 201), (.operate, 200), (.curate, 403), (.read, 403)] {
        let secret = Secret.random(prefix: Secret.tokenPrefix)
        _ = try await site.ledger.store.addToken(name: "ci", digest: secret.digest, scopes: [scope], seconds: nil, who: "ada")
        let (answer, _) = try await enter(site, Self.query, "x\n", ["Authorization": "Bearer " + secret.text])
        #expect(answer == status, "\(scope)")
      }
    }
  }

  /// Whoever gets at a CI system's token must not be able to call that system's failures passed.
  @Test func aTokenForLogsChangesNothingOfOthers() async throws {
    try await WebSite.with({ $0.login.isOpen = false }) { site in
      var tokens: [AccessScope: [String: String]] = [:]
      for scope in [AccessScope.logs, .operate] {
        let secret = Secret.random(prefix: Secret.tokenPrefix)
        _ = try await site.ledger.store.addToken(name: "ci", digest: secret.digest, scopes: [scope], seconds: nil, who: "ada")
        tokens[scope] = ["Authorization": "Bearer " + secret.text]
      }
      let (logs, operate) = (tokens[.logs] ?? [:], tokens[.operate] ?? [:])
      let own = Self.query + "&provider=mine&externalId=1"
      let others = Self.query + "&provider=mine&externalId=2"
      let github = Self.query + "&provider=github&externalId=3"
      for (query, body, headers, status) in [
        (own, "x\n", logs, 201), (own + "&outcome=success", "x\n", logs, 201), (own + "&step=2", "y\n", logs, 201),
        (others, "x\n", operate, 201), (others, "x\n", logs, 200), (others + "&outcome=success", "x\n", logs, 409),
        (others, "y\n", logs, 409), (others + "&step=2", "y\n", logs, 409),
        (github, "x\n", operate, 201), (github, "x\n", logs, 403), (github + "4&outcome=success", "x\n", logs, 403),
        (own + "&outcome=failure", "z\n", operate, 201),
      ] {
        let (answer, problem) = try await enter(site, query, body, headers)
        #expect(answer == status, "\(query) \(body): \(problem)")
      }
      let facts = try await site.ledger.store.facts(ofCommit: String(repeating: "a", count: 40))
      #expect(facts.builds.map(\.build.outcome) == [.failure, .failure, .failure])
      let trail = try await site.ledger.pool.run { session in
        try session.query("SELECT who, action, detail->>'provider' AS provider FROM audit WHERE action LIKE '%sent%' ORDER BY id")
          .map {
            try [$0.decode(String.self, "who"), $0.decode(String.self, "action"), $0.decode(String.self, "provider")]
              .joined(separator: ": ")
          }
      }
      #expect(
        trail == [
          "token 1 ci: build sent: mine", "token 1 ci: sent build changed: mine", "token 1 ci: sent build changed: mine",
          "token 2 ci: build sent: mine", "token 2 ci: build sent: github", "token 2 ci: sent build changed: mine",
        ])
    }
  }

  /// What another site's form could have a browser send.
  @Test func aSessionSendsLogsAsWhatNoFormSends() async throws {
    try await WebSite.with({ settings in
      settings.login.isOpen = false
      settings.login.rules = AccessRules([.operator: AccessRules.entries("@ada")!])
    }) { site in
      let session = Secret.random()
      try await site.ledger.store.beginSession(digest: session.digest, login: "ada", role: .operator, entry: "@ada")
      for (type, status) in [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/octet-stream", 201)] {
        let answer = try await site.post(
          "/api/v1/logs?" + Self.query, "x\n", type: type, ["Cookie": "culprit-session=\(session.text)"])
        #expect(answer.status == status, "\(type)")
      }
    }
  }
}
