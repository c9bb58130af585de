import Foundation
import Synchronization

/// A small HTTP/1.1 server on 127.0.0.1 that misbehaves on demand.
///
/// A thread per connection, which it keeps open as long as the client does. What it answers is a script of pieces, so that a body can
/// drip, break off, lie about its length or never come. All requests are kept.
package final class LoopbackServer: Sendable {
  package struct Request: Sendable {
    package let method: String
    /// Path and query as they came.
    package let target: String
    /// Names in lower case.
    package let headers: [String: String]
    package let body: [UInt8]
  }

  package enum Piece: Sendable {
    case bytes([UInt8])
    /// Nothing more until the test opens the gate.
    case wait(Gate)
    /// The connection ends here.
    case cut
  }

  package struct Answer: Sendable {
    package var status: Int
    package var headers: [(String, String)]
    package var pieces: [Piece]
    /// What `Content-Length` says; nil: the sum of the pieces. Negative: none is sent, and the connection ends with the body.
    package var length: Int?

    package init(_ status: Int = 200, headers: [(String, String)] = [], pieces: [Piece], length: Int? = nil) {
      self.status = status
      self.headers = headers
      self.pieces = pieces
      self.length = length
    }

    package init(_ status: Int = 200, headers: [(String, String)] = [], _ body: String = "") {
      self.init(status, headers: headers, pieces: [.bytes(Array(body.utf8))])
    }

    /// The connection is closed instead of an answer.
    package static let nothing = Answer(0, pieces: [.cut])
  }

  /// Something that a script waits for.
  package final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    package init() {}
    package func open() { semaphore.signal() }
    package func pass() {
      semaphore.wait()
      semaphore.signal()
    }
  }

  private struct State {
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var accepted = 0
    var isStopped = false
  }

  package let port: Int
  private let listener: Int32
  private let handler: @Sendable (Request) -> Answer
  private let state = Mutex(State())

  package init(_ handler: @Sendable @escaping (Request) -> Answer) throws {
    self.handler = handler
    let socket = try BoundSocket()
    (listener, port) = (socket.descriptor, socket.port)
    guard listen(listener, 512) == 0 else {
      close(listener)
      throw POSIXError(.EADDRINUSE)
    }
    signal(SIGPIPE, SIG_IGN)
    Thread.detachNewThread { [self] in accept() }
  }

  /// `http://127.0.0.1:4711`
  package var url: String { "http://127.0.0.1:\(port)" }
  /// The same server by another name, which is another host to a client.
  package var otherURL: String { "http://localhost:\(port)" }

  package var requests: [Request] { state.withLock(\.requests) }
  /// How many connections there were.
  package var accepted: Int { state.withLock(\.accepted) }

  /// Ends all connections and takes no more.
  package func stop() {
    // All within the lock, under which they are closed as well: a number may be someone else's socket afterwards.
    state.withLock { state in
      state.isStopped = true
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    // The thread that waits there closes it: else its number might be someone else's by the time it looks.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      // A program that someone starts meanwhile must not hold the connection open.
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      if connection < 0 {
        guard state.withLock(\.isStopped) else { continue }
        close(listener)
        return
      }
      // A head is not to wait for its body.
      var yes: Int32 = 1
      setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      state.withLock { state in
        state.connections.insert(connection)
        state.accepted += 1
      }
      Thread.detachNewThread { [self] in
        Self.converse(connection) { request in
          state.withLock { $0.requests.append(request) }
          return handler(request)
        }
        state.withLock { state in
          state.connections.remove(connection)
          close(connection)
        }
      }
    }
  }

  /// Answers all requests of a connection.
  static func converse(_ connection: Int32, _ handler: (Request) -> Answer) {
    var rest: [UInt8] = []
    while let request = read(connection, &rest), answer(request, handler(request), connection) {}
  }

  /// - Returns: whether the connection goes on.
  private static func answer(_ request: Request, _ answer: Answer, _ connection: Int32) -> Bool {
    guard answer.status > 0 else { return false }
    let sum = answer.pieces.reduce(0) { sum, piece in
      if case .bytes(let bytes) = piece { sum + bytes.count } else { sum }
    }
    let length = answer.length ?? sum
    var head = "HTTP/1.1 \(answer.status) Status\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    if length >= 0, answer.status != 304 { head += "Content-Length: \(length)\r\n" }
    head += "\r\n"
    guard send(Array(head.utf8), connection) else { return false }
    if request.method == "HEAD" || answer.status == 304 { return true }
    for piece in answer.pieces {
      switch piece {
      case .bytes(let bytes): guard send(bytes, connection) else { return false }
      case .wait(let gate): gate.pass()
      case .cut: return false
      }
    }
    return length == sum
  }

  private static func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func read(_ connection: Int32, _ rest: inout [UInt8]) -> Request? {
    func more() -> Bool {
      var block = [UInt8](repeating: 0, count: 64 << 10)
      let count = recv(connection, &block, block.count, 0)
      guard count > 0 else { return false }
      rest += block[..<count]
      return true
    }
    let end = Array("\r\n\r\n".utf8)
    var head: Range<Int>?
    while head == nil {
      head = rest.firstRange(of: end)
      if head == nil, !more() { return nil }
    }
    guard let head else { return nil }
    let lines = String(decoding: rest[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while rest.count < head.upperBound + length {
      if !more() { return nil }
    }
    let body = Array(rest[head.upperBound..<head.upperBound + length])
    rest = Array(rest[(head.upperBound + length)...])
    return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
  }
}
