import Crypto
import CryptoExtras
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct GitHubAppTests {
  /// The parts of a JSON Web Token.
  private func claims(_ token: String) throws -> [String: Any] {
    let parts = token.split(separator: ".").map { part in
      Data(
        base64Encoded: part.replacing("-", with: "+").replacing("_", with: "/")
          + String(repeating: "=", count: (4 - part.count % 4) % 4))
    }
    let header = try JSONSerialization.jsonObject(with: parts[0] ?? Data()) as? [String: String]
    #expect(header == ["alg": "RS256", "typ": "JWT"])
    let claims = try JSONSerialization.jsonObject(with: parts[1] ?? Data()) as? [String: Any]
    return try #require(claims)
  }

  @Test func theAppsOwnTokenIsGoodForNineMinutesOnAClockThatIsOff() throws {
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let token = try GitHubAppKey(app: 4242, pem: key.pemRepresentation).token(now: 1_767_323_645.9)
    let claims = try claims(token)
    #expect(claims["iss"] as? String == "4242")
    #expect(claims["iat"] as? Int == 1_767_323_585)
    #expect(claims["exp"] as? Int == 1_767_324_185)
    #expect(GitHubFixture.isSigned(token, by: key.publicKey))
    #expect(!token.contains("="))
  }

  @Test func keysAndTokensAreNeverPrinted() throws {
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let app = try GitHubAppKey(app: 4242, pem: key.pemRepresentation)
    let secrets: [any Sendable] = [app, GitHubCredential.app(app), GitHubCredential.token("hush-hush")]
    for value in secrets {
      var dumped = ""
      dump(value, to: &dumped)
      for text in ["\(value)", String(reflecting: value), dumped] {
        #expect(!text.contains("hush") && !text.contains("PRIVATE") && text.utf8.count < 200)
      }
    }
    #expect { try GitHubAppKey(app: 4242, pem: "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----") } throws: {
      error in
      (error as? ProviderError)?.reason == .unauthorized && !"\(error)".contains("hush")
    }
  }

  @Test func aTokenIsAskedForOnceByManyAndKept() async throws {
    let fixture = try await GitHubFixture()
    let (host, _) = try fixture.app()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { _ = try await host.defaultBranch(of: "o/r") } }
      try await group.waitForAll()
    }
    _ = try await host.defaultBranch(of: "O/R")
    let lines = fixture.world.requests.map(\.line)
    #expect(lines.filter { $0 == "GET /repos/o/r/installation" }.count == 1)
    #expect(lines.filter { $0 == "POST /app/installations/77/access_tokens" }.count == 1)
    #expect(
      fixture.world.requests.filter { $0.path.count == 3 && $0.path[0] == "repos" }.allSatisfy {
        $0.headers["authorization"] == "Bearer ghs_1"
      })
  }

  @Test func aTokenIsRenewedFiveMinutesBeforeItsEnd() async throws {
    let fixture = try await GitHubFixture()
    let (host, clock) = try fixture.app()
    func token() async throws -> String? {
      _ = try await host.defaultBranch(of: "o/r")
      return fixture.world.requests.last?.headers["authorization"]
    }
    #expect(try await token() == "Bearer ghs_1")
    clock.set(GitHubFixture.start + 3_600 - 301)
    #expect(try await token() == "Bearer ghs_1")
    clock.set(GitHubFixture.start + 3_600 - 299)
    #expect(try await token() == "Bearer ghs_2")
  }

  @Test func aRefusedTokenIsRenewedOnce() async throws {
    let fixture = try await GitHubFixture()
    let (host, _) = try fixture.app()
    _ = try await host.defaultBranch(of: "o/r")
    fixture.world.set { $0.tokens.remove("ghs_1") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try await host.defaultBranch(of: "o/r") } }
      try await group.waitForAll()
    }
    #expect(fixture.world.requests.filter { $0.line.hasSuffix("access_tokens") }.count == 2)
    // If the new one isn't taken either, that is told.
    fixture.world.set { world in
      world.tokens = []
      world.faults = [GitHubWorld.Fault("access_tokens", .json(201, ["token": "no good", "expires_at": "2030-01-01T00:00:00Z"]))]
    }
    await #expect { try await host.defaultBranch(of: "o/r") } throws: { error in
      (error as? ProviderError)?.reason == .unauthorized && !"\(error)".contains("no good")
    }
  }

  @Test func aPlainTokenThatIsRefusedIsTold() async throws {
    let fixture = try await GitHubFixture()
    await #expect { try await GitHubCodeHost(fixture.client(.token("hush"))).defaultBranch(of: "o/r") } throws: { error in
      (error as? ProviderError)?.reason == .unauthorized && !"\(error)".contains("hush")
    }
    #expect(fixture.world.requests.count == 1)
  }

  @Test func anAppThatIsNotInstalledIsTold() async throws {
    let fixture = try await GitHubFixture()
    let (host, _) = try fixture.app()
    fixture.world.set { $0.app.installation = nil }
    await #expect { try await host.defaultBranch(of: "o/r") } throws: { error in
      (error as? ProviderError)?.reason == .forbidden && "\(error)".contains("isn't installed")
    }
    // Installed later, it works without a restart; installed anew, it has another number.
    fixture.world.set { $0.app.installation = 78 }
    #expect(try await host.defaultBranch(of: "o/r") == "main")
    fixture.world.set { world in
      world.app.installation = 79
      world.tokens = []
    }
    await #expect { try await host.defaultBranch(of: "o/r") } throws: { ($0 as? ProviderError)?.reason == .forbidden }
    #expect(try await host.defaultBranch(of: "o/r") == "main")
  }
}
