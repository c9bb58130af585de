import Foundation
import Synchronization

/// The least of HTTP/2 (RFC 9113) that a client needs: it answers all streams of one connection, once there are as many as it waits for.
package final class HTTP2Server: Sendable {
  private let tls: TLSServer
  private let answered = Mutex(0)

  package var url: String { tls.url }
  package var certificate: String { tls.certificate }
  /// Requests that were answered.
  package var count: Int { answered.withLock(\.self) }

  private enum Kind: UInt8 { case data = 0, headers = 1, settings = 4, ping = 6 }

  /// - Parameter atOnce: no request is answered before so many are under way.
  package init(atOnce: Int) throws {
    tls = try TLSServer(protocols: "h2")
    tls.converse { [weak self] plain in
      // The client's preface.
      guard Self.read(24, plain) != nil, Self.send(.settings, flags: 0, stream: 0, [], plain) else { return }
      var waiting: [UInt32] = []
      while let head = Self.read(9, plain) {
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        guard let payload = Self.read(length, plain) else { return }
        let isAnswer = head[4] & 1 != 0
        switch Kind(rawValue: head[3]) {
        case .settings where !isAnswer: _ = Self.send(.settings, flags: 1, stream: 0, [], plain)
        case .ping where !isAnswer: _ = Self.send(.ping, flags: 1, stream: 0, payload, plain)
        case .headers:
          waiting.append(stream)
          guard waiting.count >= atOnce else { continue }
          for stream in waiting {
            // `:status: 200`, the eighth entry of HPACK's table (RFC 7541); then a body that ends the stream.
            _ = Self.send(.headers, flags: 4, stream: stream, [0x88], plain)
            _ = Self.send(.data, flags: 1, stream: stream, Array("stream".utf8), plain)
          }
          self?.answered.withLock { $0 += waiting.count }
          waiting = []
        default: break
        }
      }
    }
  }

  private static func read(_ count: Int, _ socket: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var place = 0
    while place < count {
      let more = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + place, count - place, 0) }
      guard more > 0 else { return nil }
      place += more
    }
    return bytes
  }

  private static func send(_ kind: Kind, flags: UInt8, stream: UInt32, _ payload: [UInt8], _ socket: Int32) -> Bool {
    let length = payload.count
    var frame = [UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), kind.rawValue, flags]
    for shift in [24, 16, 8, 0] { frame.append(UInt8(stream >> UInt32(shift) & 0xFF)) }
    frame += payload
    return frame.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == frame.count
  }
}
