import Crypto
import CryptoExtras
import Curl
import Foundation
import TestSupport

@testable import Providers

/// A GitHub on loopback, and clients that talk to it through libcurl.
final class GitHubFixture: Sendable {
  /// What the clients' clock says at first: 2026-01-02 03:14:05 UTC.
  static let start: Double = 1_767_323_645
  private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

  let world = GitHubWorld()
  private let servers: GitHubWorld.Servers
  private let http: HTTPClient

  init() async throws {
    servers = try world.serve()
    // Waits between tries take no time.
    http = HTTPClient(clock: HTTPClock(now: { Date() }, sleep: { _ in try Task.checkCancellation() }, random: { 0 }))
  }

  func client(_ credential: GitHubCredential = .token("token"), now: Double = start) throws -> GitHubClient {
    GitHubClient(http, base: try HTTPURL(servers.api.url), credential: credential, now: { now })
  }

  /// A client of another address.
  func client(at address: String) throws -> GitHubClient {
    GitHubClient(http, base: try HTTPURL(address), credential: .token("token"))
  }

  /// A client that is an app of this GitHub, which hands out `ghs_1`, `ghs_2` and so on, each good for another hour.
  func app() throws -> (host: GitHubCodeHost, clock: GitHubClock) {
    let key = try Self.key.get()
    let publicKey = key.publicKey
    world.set { world in
      world.app.accepts = { Self.isSigned($0, by: publicKey) }
      world.app.tokens = (1...5).map { ("ghs_\($0)", Moment.format(Self.start + 3_600 * Double($0))) }
    }
    let clock = GitHubClock(Self.start)
    let credential = GitHubCredential.app(try GitHubAppKey(app: 4242, pem: key.pemRepresentation))
    return (GitHubCodeHost(GitHubClient(http, base: try HTTPURL(servers.api.url), credential: credential) { clock.now }), clock)
  }

  /// Whether a JSON Web Token is signed by a key (RFC 7515, RS256).
  static func isSigned(_ token: String, by key: _RSA.Signing.PublicKey) -> Bool {
    let parts = token.split(separator: ".")
    guard parts.count == 3 else { return false }
    let padding = String(repeating: "=", count: (4 - parts[2].count % 4) % 4)
    guard let signature = Data(base64Encoded: parts[2].replacing("-", with: "+").replacing("_", with: "/") + padding) else {
      return false
    }
    return key.isValidSignature(
      .init(rawRepresentation: signature), for: Data((parts[0] + "." + parts[1]).utf8), padding: .insecurePKCS1v1_5)
  }
}
