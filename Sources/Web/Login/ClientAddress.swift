import NIOCore

/// The address of who asks. An IPv4 address that came over IPv6 is an IPv4 address.
struct ClientAddress: Sendable, Equatable {
  /// Four or sixteen.
  let bytes: [UInt8]

  /// Fails for a socket without an address.
  init?(_ address: SocketAddress) {
    switch address {
    case .v4(let v4): bytes = withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
    case .v6(let v6):
      let all = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
      let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
      bytes = isMapped ? Array(all.suffix(4)) : all
    default: return nil
    }
  }

  /// As proxies write it: `192.0.2.1`, `192.0.2.1:8080`, `2001:db8::1`, `[2001:db8::1]:8080`.
  init?(_ text: Substring) {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    if text.first == "[" {
      text = text.dropFirst().prefix { $0 != "]" }
    } else if text.count(where: { $0 == ":" }) == 1 {
      text = text.prefix { $0 != ":" }
    }
    guard text.utf8.count <= 64, let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return nil }
    self.init(address)
  }

  /// What limits go by: whoever has one address of IPv6 has the 2^64 of its network.
  var counted: String {
    bytes.count == 4
      ? bytes.map { String($0) }.joined(separator: ".")
      : bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "::/64"
  }
}
