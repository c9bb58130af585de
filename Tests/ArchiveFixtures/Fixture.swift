import Foundation

/// Texts to compress.
package enum Fixture {
  /// A log whose lines differ, of about `bytes` bytes: compresses some four times.
  package static func log(bytes: Int) -> [UInt8] {
    var state: UInt64 = 88_172_645_463_325_252
    var text: [UInt8] = []
    text.reserveCapacity(bytes + 128)
    while text.count < bytes {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      text += Array("2026-01-02T03:04:05.0000000Z step \(state) finished with \(state % 7) warnings\n".utf8)
    }
    return text
  }

  /// Bytes that look like nothing, the same each time.
  package static func noise(bytes: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<bytes).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  /// The folder with real logs of public projects; nil where it isn't there.
  package static let shared: String? = {
    let path = ProcessInfo.processInfo.environment["CULPRIT_SHARED"] ?? "../shared"
    return FileManager.default.fileExists(atPath: path + "/data/logs") ? path : nil
  }()
}
