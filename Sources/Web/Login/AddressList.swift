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
      guard parts.count <= 2, let bytes = Self.bytes(parts[0]) else { return nil }
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

  func contains(_ address: SocketAddress) -> Bool { ClientAddress(address).map { contains($0) } ?? false }
  func contains(_ address: ClientAddress) -> Bool { networks.contains { $0.contains(address.bytes) } }

  /// Without a port.
  private static func bytes(_ text: Substring) -> [UInt8]? {
    (try? SocketAddress(ipAddress: String(text), port: 0)).flatMap { ClientAddress($0)?.bytes }
  }
}
