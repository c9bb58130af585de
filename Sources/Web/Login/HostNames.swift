import Foundation
import Hummingbird

/// The names by which this server may be asked.
///
/// A site can let its own name lead to 127.0.0.1, and its scripts then read what the browser takes for the site's own. So a server
/// that nobody has to log in to answers only to names of this machine. For the same reason a change is taken only from pages of
/// the name that it is sent to.
package struct HostNames: Sendable {
  /// In lower case, without a port; nil: any name will do, as whoever asks has to log in.
  let names: Set<String>?
  /// Scheme, host and port of where people reach the server; nil: that is what a request says itself.
  private let publicOrigin: String?

  /// - Parameter publicURL: where people reach the server, behind whatever proxies.
  init(names: Set<String>?, publicURL: String? = nil) {
    self.names = names
    publicOrigin = publicURL.map { Self.origin(of: $0) }
  }

  package static let loopback = HostNames(names: ["localhost", "127.0.0.1", "[::1]"])

  /// Whether an address, `http://localhost:8080/…`, is of one of these names.
  package func contains(_ address: String) -> Bool {
    guard let names, let start = address.range(of: "://") else { return names == nil }
    return names.contains(Self.withoutPort(String(address[start.upperBound...].prefix { $0 != "/" }).lowercased()))
  }

  /// - Throws: `WebError`, 421 for a foreign name, 403 for a change that comes from another site's page.
  func check(_ request: Request) throws {
    // Whoever stands between could take another of two names for the one that counts (RFC 9112, 3.2).
    let given = request.headers[values: .init("Host")!] + [request.head.authority].compactMap { $0 }
    guard Set(given).count <= 1 else { throw WebError(.badRequest, "the server is called by two names at once") }
    let host = (given.first ?? "").lowercased()
    if let names, !names.contains(Self.withoutPort(host)) {
      throw WebError(
        .misdirectedRequest, "this server isn't called so", hint: "it answers to \(names.sorted().joined(separator: ", "))")
    }
    guard request.method != .get, request.method != .head else { return }
    if let site = request.headers[.init("Sec-Fetch-Site")!], site != "same-origin", site != "none" {
      throw WebError(.forbidden, "another site's page sent this")
    }
    if let origin = request.headers[.origin] {
      if let publicOrigin {
        guard Self.origin(of: origin) == publicOrigin else {
          throw WebError(.forbidden, "another site's page sent this", hint: "this server's pages are at \(publicOrigin)")
        }
        return
      }
      // An origin is a scheme, `://`, and a host with its port.
      guard let end = origin.range(of: "://"), origin[end.upperBound...].lowercased() == host else {
        throw WebError(.forbidden, "another site's page sent this")
      }
    }
  }

  /// Scheme, host and port of an address as browsers tell them: in lower case, without a port that goes without saying (RFC 6454, 6.2).
  private static func origin(of address: String) -> String {
    guard let end = address.range(of: "://") else { return address }
    let scheme = address[..<end.lowerBound].lowercased()
    var host = address[end.upperBound...].prefix { $0 != "/" }.lowercased()
    for (usual, port) in [("http", ":80"), ("https", ":443")] where scheme == usual && host.hasSuffix(port) {
      host.removeLast(port.count)
    }
    return "\(scheme)://\(host)"
  }

  private static func withoutPort(_ host: String) -> String {
    guard let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber) else { return host }
    return String(host[..<colon])
  }
}
