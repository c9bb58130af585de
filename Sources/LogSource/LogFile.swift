import Compression

/// An open file that holds a log, or several in an archive.
package struct LogFile: Sendable {
  /// The name to show for the file.
  package let name: String
  let descriptor: Int32
  let isOwned: Bool
  let limits: LogSourceLimits

  /// Hands each log to `body`, in their order, and closes the file. Must be called once.
  /// - Parameters:
  ///   - body: called once per log, with a reader that can't outlive the call.
  ///   - failure: called for each error.
  /// - Throws: what `body` throws, unless it is a `LogSourceError`.
  package func forEachLog(_ body: LogSource.Body, failure: LogSource.Failure) throws {
    try reporting(failure) {
      let input = ByteInput(descriptor: descriptor, isOwned: isOwned)
      do {
        try read(input, body, failure)
      } catch let error as CompressionError {
        throw LogSourceError(source: name, compression: error)
      }
    }
  }

  private func read(_ input: ByteInput, _ body: LogSource.Body, _ failure: LogSource.Failure) throws {
    guard let format = try CompressionFormat(magic: input.peek(CompressionFormat.magicBytes)) else {
      // A pipe may be slow to give so many bytes, and its log is to be read as it comes.
      if input.isSeekable, try Self.isTar(input.peek(Self.tarMagicEnd)) { throw LogSourceError(source: name, kind: .tar) }
      var reader = LogReader(displayName: name, origin: .plain(input, mostBytes: limits.plainBytes))
      try body(&reader)
      return
    }
    if format == .zip {
      try readZip(input, body, failure)
    } else {
      let compressed = try CompressedReader(input, limits: limits.compression)
      guard try compressed.nextMember() != nil else { return }
      try readMember(of: compressed, name, body)
    }
  }

  private func readZip(_ input: ByteInput, _ body: LogSource.Body, _ failure: LogSource.Failure) throws {
    let start = input.position
    let selection = input.isSeekable ? try list(input) : nil
    if input.isSeekable { try input.seek(to: start) }
    let compressed = try CompressedReader(input, limits: limits.compression)
    var seen = GitHubLogZip.Index()
    while let member = try compressed.nextMember() {
      let memberName = member.name ?? ""
      seen.note(memberName)
      guard (selection ?? seen).isWanted(memberName) else { continue }
      try reporting(failure) { try readMember(of: compressed, "\(name)/\(memberName)", body) }
    }
  }

  /// Reads the names in a zip without its texts.
  private func list(_ input: ByteInput) throws(CompressionError) -> GitHubLogZip.Index {
    var index = GitHubLogZip.Index()
    let compressed = try CompressedReader(input, limits: limits.compression)
    do throws(CompressionError) {
      while let member = try compressed.nextMember() { index.note(member.name ?? "") }
    } catch {
      // Reading the texts meets the same error, and reports it, behind those that can be read.
    }
    return index
  }

  private func readMember(of compressed: CompressedReader, _ name: String, _ body: LogSource.Body) throws {
    if let format = CompressionFormat(magic: compressed.peek(CompressionFormat.magicBytes)) {
      throw LogSourceError(source: name, kind: .nestedArchive(format))
    }
    if Self.isTar(compressed.peek(Self.tarMagicEnd)) { throw LogSourceError(source: name, kind: .tar) }
    var reader = LogReader(displayName: name, origin: .member(compressed))
    try body(&reader)
  }

  /// POSIX's ustar and GNU's format both have these bytes in the first header; older ones can't be told from a text.
  private static let tarMagicEnd = 262
  private static func isTar(_ beginning: [UInt8]) -> Bool { beginning.dropFirst(257).elementsEqual("ustar".utf8) }

  /// Reports an error of a source and goes on behind it; lets all others pass.
  private func reporting(_ failure: LogSource.Failure, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as LogSourceError {
      failure(error)
    }
  }
}
