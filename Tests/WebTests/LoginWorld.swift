import Curl
import Foundation
import Providers
import TestSupport

/// A GitHub as far as logging in goes: codes, tokens, and what people belong to.
final class LoginWorld: Sendable {
  let secret = "the-app's-secret"
  private let server: LoopbackServer

  /// - Parameters:
  ///   - memberships: paths that answer that ada belongs there.
  ///   - elsewhere: where it sends who asks whose token it is.
  init(memberships: [String], elsewhere: String? = nil) throws {
    let secret = secret
    server = try LoopbackServer { request in
      let path = request.target.split(separator: "?").first.map(String.init) ?? ""
      switch (request.method, path) {
      case ("POST", "/login/oauth/access_token"):
        let fields = (try? JSONDecoder().decode([String: String].self, from: Data(request.body))) ?? [:]
        let isRight =
          fields["client_secret"] == secret && fields["code"] == "good" && fields["client_id"] == "client"
          && (fields["code_verifier"]?.utf8.count ?? 0) >= 43
        return .init(200, isRight ? #"{"access_token":"gho_x","token_type":"bearer"}"# : #"{"error":"bad_verification_code"}"#)
      case ("GET", "/user") where elsewhere != nil: return .init(302, headers: [("Location", (elsewhere ?? "") + path)])
      case ("GET", "/user") where request.headers["authorization"] == "Bearer gho_x": return .init(200, #"{"login":"ada"}"#)
      case ("GET", let path) where memberships.contains(path): return .init(200, #"{"state":"active","role":"member"}"#)
      default: return .init(404, #"{"message":"Not Found"}"#)
      }
    }
  }

  var login: GitHubLogin {
    get throws {
      let url = try HTTPURL(server.url)
      return GitHubLogin(HTTPClient(), web: url, api: url, client: "client", secret: secret)
    }
  }

  func stop() { server.stop() }
}
