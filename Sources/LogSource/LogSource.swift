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
    try forEachFile(in: sources, { try $0.forEachLog(body, failure: failure) }, failure: failure)
  }

  /// Opens each file that holds logs, in the same order, and hands it to `body`, which may read it later and on another thread.
  /// - Throws: what `body` throws.
  package func forEachFile(in sources: [String], _ body: (LogFile) throws -> Void, failure: Failure) throws {
    for source in sources {
      let name = source == "-" ? "-" : DisplayName.sanitised(source.utf8, longest: Int(PATH_MAX))
      if source == "-" {
        try body(LogFile(name: name, descriptor: STDIN_FILENO, isOwned: false, limits: limits))
      } else {
        do {
          try openPath(source, name, body, failure)
        } catch let error as LogSourceError {
          failure(error)
        }
      }
    }
  }

  private func openPath(_ path: String, _ name: String, _ body: (LogFile) throws -> Void, _ failure: Failure) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw LogSourceError(source: name, operation: "stat", code: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      var folder = LogFolder(limits: limits)
      try folder.walk(path, name) { descriptor, name in
        try body(LogFile(name: name, descriptor: descriptor, isOwned: true, limits: limits))
      } failure: {
        failure($0)
      }
    case S_IFREG, S_IFIFO, S_IFCHR:
      // The path of standard input, `/dev/stdin`, is one of these too, and of `<(…)`.
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
      guard descriptor >= 0 else { throw LogSourceError(source: name, operation: "open", code: errno) }
      try body(LogFile(name: name, descriptor: descriptor, isOwned: true, limits: limits))
    case S_IFSOCK: throw LogSourceError(source: name, kind: .notReadable("a socket"))
    case S_IFBLK: throw LogSourceError(source: name, kind: .notReadable("a block device"))
    default: throw LogSourceError(source: name, kind: .notReadable("no regular file"))
    }
  }
}
