/// Whom an address belongs to: scheme, host and port (RFC 6454).
package struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
  /// `http` or `https`.
  package let scheme: String
  /// The name or address in lower case; an IPv6 address in brackets.
  package let host: String
  /// The port, also where the address leaves it out.
  package let port: Int

  package var description: String { "\(scheme)://\(host):\(port)" }
}
