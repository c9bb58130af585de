import Compression
import Glibc

/// Finds and opens the logs that a person names: plain files, gzip, zstd, zip, folders, or `-` for standard input.
///
/// What a file is goes by its first bytes, never by its name. Each log is handed to a body; an error concerns one log,
/// or one source, and the others are read nevertheless.
package struct LogSource: Sendable {
  /// What is done with a log. Throwing the reader's `LogSourceError` on reports it and goes on with the next log;
  /// any other error ends the whole.
  package typealias Body = (inout LogReader) throws -> Void
  /// What is told of a log or source that could not be read to its end.
  package typealias Failure = (LogSourceError) -> Void

  private let limits: LogSourceLimits

  /// - Parameter limits: what is read of each source at most.
  package init(limits: LogSourceLimits = LogSourceLimits()) {
    self.limits = limits
  }

  /// Hands each log to `body`, in the order of the sources.
  ///
  /// - A folder's logs come sorted by the bytes of their paths. Names that begin with a dot, symbolic links, pipes,
  ///   devices and sockets in it are passed over; a link that is named itself is followed.
  /// - A zip's members come in the order of the file; their display name is `archive.zip/member`. Copies in zips of
  ///   GitHub are left out: see `GitHubLogZip`. In a pipe, what comes later in a zip isn't known: a job's file is left
  ///   out only if a step of that job came before, and so may be read twice, but nothing is missed.
  /// - Parameters:
  ///   - sources: paths, or `-`.
  ///   - body: called once per log, with a reader that can't outlive the call.
  ///   - failure: called for each error.
  /// - Throws: what `body` throws, unless it is a `LogSourceError`.
  package func forEachLog(in sources: [String], _ body: Body, failure: Failure) throws {
    for source in sources {
      let name = source == "-" ? "-" : DisplayName.sanitised(source.utf8, longest: Int(PATH_MAX))
      try reporting(failure) {
        if source == "-" {
          try readFile(ByteInput(descriptor: STDIN_FILENO, isOwned: false), name, body, failure)
        } else {
          try readPath(source, name, body, failure)
        }
      }
    }
  }

  private func readPath(_ path: String, _ name: String, _ body: Body, _ failure: Failure) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw LogSourceError(source: name, operation: "stat", code: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      var folder = LogFolder(limits: limits)
      try folder.walk(path, name) { descriptor, name in
        try reporting(failure) {
          try readFile(ByteInput(descriptor: descriptor, isOwned: true), name, body, failure)
        }
      } failure: {
        failure($0)
      }
    case S_IFREG, S_IFIFO, S_IFCHR:
      // The path of standard input, `/dev/stdin`, is one of these too, and of `<(…)`.
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
      guard descriptor >= 0 else { throw LogSourceError(source: name, operation: "open", code: errno) }
      try readFile(ByteInput(descriptor: descriptor, isOwned: true), name, body, failure)
    case S_IFSOCK: throw LogSourceError(source: name, kind: .notReadable("a socket"))
    case S_IFBLK: throw LogSourceError(source: name, kind: .notReadable("a block device"))
    default: throw LogSourceError(source: name, kind: .notReadable("no regular file"))
    }
  }

  private func readFile(_ input: ByteInput, _ name: String, _ body: Body, _ failure: Failure) throws {
    do {
      guard let format = try CompressionFormat(magic: input.peek(CompressionFormat.magicBytes)) else {
        var reader = LogReader(displayName: name, origin: .plain(input, mostBytes: limits.plainBytes))
        try body(&reader)
        return
      }
      if format == .zip {
        try readZip(input, name, body, failure)
      } else {
        let compressed = try CompressedReader(input, limits: limits.compression)
        guard try compressed.nextMember() != nil else { return }
        try readMember(of: compressed, name, body)
      }
    } catch let error as CompressionError {
      throw LogSourceError(source: name, compression: error)
    }
  }

  private func readZip(_ input: ByteInput, _ name: String, _ body: Body, _ failure: Failure) throws {
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

  private func readMember(of compressed: CompressedReader, _ name: String, _ body: Body) throws {
    if let format = CompressionFormat(magic: compressed.peek(CompressionFormat.magicBytes)) {
      throw LogSourceError(source: name, kind: .nestedArchive(format))
    }
    var reader = LogReader(displayName: name, origin: .member(compressed))
    try body(&reader)
  }

  /// Reports an error of a source and goes on behind it; lets all others pass.
  private func reporting(_ failure: Failure, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as LogSourceError {
      failure(error)
    }
  }
}
