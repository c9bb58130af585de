import CryptoExtras
import Foundation

/// A GitHub App's identity and private key: it proves to GitHub, for some minutes, that a request comes from the app.
///
/// Source: "Generating a JSON Web Token (JWT) for a GitHub App" in GitHub's documentation; RFC 7515, RFC 7518 section 3.3 (RS256).
package struct GitHubAppKey: Sendable {
  /// The app's number, as check runs and comments name it.
  package let app: Int
  private let key: _RSA.Signing.PrivateKey

  /// - Parameters:
  ///   - app: from the app's settings page.
  ///   - pem: the private key as GitHub hands it out, PKCS #1 or PKCS #8.
  /// - Throws: `ProviderError` with `.unauthorized` if that is no RSA key; it holds nothing of the text.
  package init(app: Int, pem: String) throws(ProviderError) {
    self.app = app
    do {
      key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
    } catch {
      throw ProviderError(
        .unauthorized, operation: "read the private key of GitHub App \(app)",
        detail: "it is no RSA key of 2048 bits or more in PEM")
    }
  }

  /// A token for requests of the app itself.
  ///
  /// GitHub takes none that was issued in its future or that ends more than ten minutes ahead of its own clock. Issued a
  /// minute back and ending in nine, it is good on machines whose clock is off by up to a minute.
  ///
  /// - Parameter now: seconds since 1970-01-01 00:00 UTC.
  func token(now: Double) throws(ProviderError) -> String {
    let issued = Int(now) - 60
    let header = #"{"alg":"RS256","typ":"JWT"}"#
    let claims = #"{"exp":\#(issued + 600),"iat":\#(issued),"iss":"\#(app)"}"#
    let signed = Self.base64URL(Data(header.utf8)) + "." + Self.base64URL(Data(claims.utf8))
    do {
      // RS256 is defined with this padding.
      let signature = try key.signature(for: Data(signed.utf8), padding: .insecurePKCS1v1_5)
      return signed + "." + Self.base64URL(signature.rawRepresentation)
    } catch {
      throw ProviderError(.unauthorized, operation: "sign as GitHub App \(app)", detail: "the private key can't sign")
    }
  }

  /// RFC 4648, section 5, without padding.
  private static func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

/// Nothing of the key is ever printed.
extension GitHubAppKey: CustomStringConvertible, CustomReflectable {
  package var description: String { "the key of GitHub App \(app)" }
  package var customMirror: Mirror { Mirror(self, children: ["app": app]) }
}
