import Crypto
import Foundation

/// What someone proves themselves by: 256 random bits, known to them, of which only a digest is kept here.
package struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  /// As it is sent.
  package let text: String

  package init(text: String) { self.text = text }

  /// - Parameter prefix: what it begins with, so that scanners for leaked secrets know it.
  package static func random(prefix: String = "") -> Secret {
    let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    return Secret(text: prefix + Self.base64url(bytes))
  }

  /// What every token of the API begins with.
  package static let tokenPrefix = "culprit_"

  /// SHA-256. The secret is random, so there is nothing to guess, and no salt to need.
  package var digest: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

  /// Another secret that follows from this one, but tells nothing of it.
  func derived(_ purpose: String) -> String {
    Self.base64url(Data(HMAC<SHA256>.authenticationCode(for: Data(purpose.utf8), using: SymmetricKey(data: Data(text.utf8)))))
  }

  static func base64url(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  package var description: String { "a secret" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
