import Curl

/// Where a CI system is, and who asks it.
package struct Access: Sendable {
  /// What the paths of the documented API stand below, without a trailing slash: each provider names its public one.
  package let base: HTTPURL
  /// Nil where everybody may read.
  package let token: String?

  /// - Throws: `CurlError.Kind.invalidRequest` if the base is no absolute http or https address.
  package init(base: String, token: String? = nil) throws {
    self.base = try HTTPURL(base)
    self.token = token.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Nothing of a token is ever printed.
extension Access: CustomStringConvertible, CustomReflectable {
  package var description: String { token == nil ? "\(base), without a token" : "\(base), with a token" }
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
