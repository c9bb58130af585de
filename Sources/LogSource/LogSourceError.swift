import Compression

/// Why one log, or what was to hold logs, could not be read to its end.
package struct LogSourceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Display name of the log, archive, file or folder.
  package let source: String
  /// What went wrong.
  package let kind: Kind

  /// What can go wrong with a source.
  package enum Kind: Equatable, Sendable {
    case notFound
    case permissionDenied
    /// A socket, block device or the like, in words with an article.
    case notReadable(String)
    /// An archive within an archive, or a compressed text within a compressed one.
    case nestedArchive(CompressionFormat)
    /// A tar archive, which is not opened.
    case tar
    /// A limit of `LogSourceLimits` on plain files and folders; those on archives are `compression`.
    case tooLarge(String)
    case compression(CompressionError)
    /// Any other failed system call, with its `errno`.
    case system(operation: String, code: Int32)
  }

  /// - Parameter source: display name of what can't be read.
  package init(source: String, kind: Kind) {
    self.source = source
    self.kind = kind
  }

  /// What happened, in one line, without the source's name.
  package var what: String {
    switch kind {
    case .notFound: "there is no such file or folder"
    case .permissionDenied: "permission denied"
    case .notReadable(let thing): "this is \(thing), not a log"
    case .nestedArchive(let format): "this is a \(format) within an archive, which is not opened"
    case .tar: "this is a tar archive, which is not opened"
    case .tooLarge(let words): words
    case .compression(let error): error.description
    case .system(let operation, let code): "\(operation) failed: \(CompressionError.words(of: code))"
    }
  }

  /// What a person can do about it, where there is something.
  package var hint: String? {
    switch kind {
    case .notFound: "Check the spelling; a relative path counts from the current folder."
    case .permissionDenied: "Check who may read it, with ls -l."
    case .nestedArchive: "Unpack the outer archive and give the inner one by itself."
    case .tar: "Unpack it and give the folder, or make a zip of it."
    case .compression(.encrypted): "Unpack it with its password and give the files."
    case .compression(.truncated): "What came before the cut was read. Download it again."
    case .compression(.corrupt): "What came before the damage was read. Download it again."
    case .compression(.unsupportedMethod), .compression(.windowTooLarge): "Unpack it with another program and give the files."
    case .compression(.restUnreadable): "Save it to a file and give that, instead of a pipe."
    case .compression(.tooLarge), .tooLarge: "What is allowed was read. Split it, or give parts of it by themselves."
    case .compression(.unknownFormat), .compression(.system), .system, .notReadable: nil
    }
  }

  /// The source and what happened, in one line.
  package var description: String { "\(source): \(what)" }
}
