import NIOCore

/// Addresses and networks: `10.0.0.1, 192.168.0.0/16, fd00::/8`.
package struct AddressList: Sendable, Equatable {
  private struct Network: Sendable, Equatable {
    let bytes: [UInt8]
    let bits: Int

    func contains(_ address: [UInt8]) -> Bool {
      guard address.count == bytes.count else { return false }
      for place in 0..<bytes.count {
        let left = bits - place * 8
        if left <= 0 { return true }
        let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
        if address[place] & mask != bytes[place] & mask { return false }
      }
      return true
    }
  }

  private let networks: [Network]

  /// Fails if a part is neither an address nor a network.
  package init?(_ text: String) {
    var networks: [Network] = []
    for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let parts = part.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, let bytes = Self.bytes(String(parts[0])) else { return nil }
      var bits = bytes.count * 8
      if parts.count == 2 {
        guard let given = Int(parts[1]), (0...bits).contains(given) else { return nil }
        bits = given
      }
      networks.append(Network(bytes: bytes, bits: bits))
    }
    guard !networks.isEmpty else { return nil }
    self.networks = networks
  }

  func contains(_ address: SocketAddress) -> Bool {
    guard let text = address.ipAddress, let bytes = Self.bytes(text) else { return false }
    return networks.contains { $0.contains(bytes) }
  }

  /// An IPv4 address that came over IPv6 is an IPv4 address.
  private static func bytes(_ text: String) -> [UInt8]? {
    guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
    switch address {
    case .v4(let v4): return withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
    case .v6(let v6):
      let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      return isMapped ? Array(bytes.suffix(4)) : bytes
    default: return nil
    }
  }
}
