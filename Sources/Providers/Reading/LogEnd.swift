import Synchronization

/// Looks at the end of a log on its way to a sink: there stands what a system says of a log that it has cut off.
final class LogEnd: Sendable {
  /// Bytes that are looked at.
  private static let most = 1_024

  private let next: LogSink
  private let bytes = Mutex<[UInt8]>([])

  init(_ next: @escaping LogSink) { self.next = next }

  var sink: LogSink {
    { piece in
      self.bytes.withLock { bytes in
        bytes += piece.suffix(Self.most)
        bytes.removeFirst(max(0, bytes.count - Self.most))
      }
      try self.next(piece)
    }
  }

  /// Whether the end of what has come holds some words.
  func holds(_ words: String) -> Bool { bytes.withLock { $0.contains(Array(words.utf8)) } }
}
