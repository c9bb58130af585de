import Synchronization

/// Lets a log through to its sink, unless it is none: nothing at all, or what the file store says of a file that isn't there.
final class GitHubLogGuard: Sendable {
  private let sink: LogSink
  private let operation: String
  /// The log's beginning, until it can be told; nil from then on.
  private let head = Mutex<[UInt8]?>([])

  /// Bytes within which the file store tells what is wrong.
  private static let needed = 512

  init(_ sink: @escaping LogSink, operation: String) {
    self.sink = sink
    self.operation = operation
  }

  /// The next piece. One call at a time.
  func take(_ piece: UnsafeRawBufferPointer) throws {
    let isHeld = head.withLock { head -> Bool in
      head?.append(contentsOf: piece)
      return head != nil
    }
    guard isHeld else { return try sink(piece) }
    if head.withLock({ $0?.count ?? 0 }) >= Self.needed { try release() }
  }

  /// Behind the last piece.
  func finish() throws {
    if let count = head.withLock({ $0?.count }) {
      guard count > 0 else { throw ProviderError(.empty, operation: operation) }
      try release()
    }
  }

  private func release() throws {
    let bytes = head.withLock { head in
      defer { head = nil }
      return head ?? []
    }
    // A log begins with a time.
    let isXML = bytes.starts(with: "<?xml".utf8) || bytes.starts(with: "\u{FEFF}<?xml".utf8) || bytes.starts(with: "<Error>".utf8)
    if isXML, case let code = GitHubFailure.storeCode(bytes), code == "BlobNotFound" || code == "NoSuchKey" {
      throw ProviderError(.notFound, operation: operation, detail: code)
    }
    try bytes.withUnsafeBytes { try sink($0) }
  }
}
