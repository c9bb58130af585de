import Foundation
import Hummingbird

/// The cookies that this server sets: read by it alone, never by scripts, never sent for other sites' pages to change anything.
struct Cookies: Sendable {
  /// Whether people reach the server by https; then the names are such that nothing but this host over https can have set them.
  let isSecure: Bool

  enum Kind: String {
    /// Of a login.
    case session
    /// Of whoever hasn't logged in here: forms are bound to it.
    case form
    /// Between leaving for the code host and coming back.
    case login
  }

  func name(_ kind: Kind) -> String { (isSecure ? "__Host-culprit-" : "culprit-") + kind.rawValue }

  func secret(_ kind: Kind, of request: Request) -> Secret? {
    guard let value = request.cookies[name(kind)]?.value, (20...2_048).contains(value.utf8.count) else { return nil }
    return Secret(text: value)
  }

  /// - Parameter seconds: how long it is kept; 0 takes it back; nil: until the browser is closed.
  func header(_ kind: Kind, _ value: String, seconds: Int?) -> String {
    var text = "\(name(kind))=\(value); Path=/; HttpOnly; SameSite=Lax"
    if isSecure { text += "; Secure" }
    if let seconds { text += "; Max-Age=\(seconds)" }
    return text
  }
}
