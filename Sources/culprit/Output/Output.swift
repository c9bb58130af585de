import Foundation
import Synchronization

/// Standard output, gathered into large writes, and standard error.
///
/// Once standard output can't be written, all that follows is dropped: the command lets go of what it holds and ends in its own way.
/// A reader that goes away (`| head`) ends it without a word. What prints at length looks at `check` now and then.
enum Output {
  private struct State {
    var buffer: [UInt8] = []
    var end: Ended?
  }

  /// Standard output is no more.
  struct Ended: Error {
    /// Nil if the reader went away.
    let reason: String?

    var code: Int32 { reason == nil ? 0 : 2 }
  }

  private static let state = Mutex(State())

  /// Why standard output can't be written, if it can't.
  static var end: Ended? { state.withLock { $0.end } }

  /// - Throws: `Ended` if there is nobody to go on for.
  static func check() throws {
    if let end { throw end }
  }

  static func write(_ text: String) {
    let isFull = state.withLock { state in
      if state.end == nil { state.buffer.append(contentsOf: text.utf8) }
      return state.buffer.count >= 64 * 1024
    }
    if isFull { flush() }
  }

  static func line(_ text: String = "") { write(text + "\n") }

  static func flush() {
    let bytes = state.withLock { state in
      defer { state.buffer.removeAll(keepingCapacity: true) }
      return state.buffer
    }
    guard let code = send(bytes, to: STDOUT_FILENO) else { return }
    let reason = code == EPIPE ? nil : String(cString: strerror(code))
    let isFirst = state.withLock { state in
      defer { state.end = state.end ?? Ended(reason: reason) }
      return state.end == nil
    }
    if isFirst, let reason { error("culprit: standard output can't be written: \(reason)") }
  }

  static func error(_ text: String) {
    _ = send(Array((text + "\n").utf8), to: STDERR_FILENO)
  }

  /// Overwrites the last line of a terminal.
  static func status(_ text: String) {
    _ = send(Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO)
  }

  /// Returns the `errno` of a write that failed for good.
  private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR && errno != EAGAIN {
        return errno
      }
    }
    return nil
  }
}
