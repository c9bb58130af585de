import Synchronization

/// Takes the text out of a step's output, which CircleCI keeps as JSON: an array of pieces, each with a `message`.
///
/// It reads the JSON as it comes, so that a log of any size takes a few kilobytes of memory.
final class CircleCIOutput: Sendable {
  enum Problem: Error {
    /// It ends within the array.
    case cut
    /// It is no array of such pieces.
    case noPieces

    var words: String {
      switch self {
      case .cut: "the output ends within its JSON"
      case .noPieces: "the output is no array of messages"
      }
    }
  }

  private let sink: LogSink
  private let reader = Mutex(CircleCIOutputReader())

  init(_ sink: @escaping LogSink) { self.sink = sink }

  /// The next bytes. One call at a time.
  ///
  /// - Throws: `Problem.noPieces`; what the sink threw.
  func take(_ bytes: UnsafeRawBufferPointer) throws {
    let text = try reader.withLock { reader throws(Problem) in
      try reader.read(bytes)
      return reader.taken()
    }
    if !text.isEmpty { try text.withUnsafeBytes { try sink($0) } }
  }

  /// Behind the last bytes.
  ///
  /// - Returns: how many bytes of text there were.
  /// - Throws: `Problem.cut`.
  func finish() throws(Problem) -> Int {
    try reader.withLock { reader throws(Problem) in
      guard reader.isAtEnd else { throw .cut }
      return reader.length
    }
  }
}
