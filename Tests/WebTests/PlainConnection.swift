import Foundation
import Synchronization

/// A connection to the server that sends what it is told and no more: half a request, or one that our own client has too good manners for.
final class PlainConnection: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "culprit.test.connection")

  struct Failed: Error { let number = errno }

  /// Connects, and sends the text from a thread of its own: what the server doesn't read stops the sender.
  init(_ site: WebSite, _ text: String) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failed() }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(site.base.split(separator: ":").last ?? "").map(\.bigEndian) ?? 0
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw Failed() }
    queue.async { [self] in
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // The server may close before it has read everything; what it answered can still be read.
        guard sent > 0 else { return }
        rest = rest.dropFirst(sent)
      }
    }
  }

  deinit { close(descriptor) }

  /// All that the server says, up to where it closes the connection.
  func answer() async -> String {
    await withCheckedContinuation { continuation in
      queue.async { [self] in
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
          let count = recv(descriptor, &buffer, buffer.count, 0)
          guard count > 0 else { break }
          all += buffer.prefix(count)
        }
        continuation.resume(returning: String(decoding: all, as: UTF8.self))
      }
    }
  }

  /// The status of the answer to a request, after which the server is asked to close.
  static func status(
    _ site: WebSite, _ line: String, _ headers: [String: String] = [:], _ body: String = ""
  ) async throws -> Int? {
    var text = "\(line) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if !body.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    let answer = await (try PlainConnection(site, text + "\r\n" + body)).answer()
    return answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }
}
