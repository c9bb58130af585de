import Compression
import Glibc

/// Why a log could not be stored in the archive or read from it.
package enum ArchiveError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The archive doesn't hold this log.
  case missing(LogDigest)
  /// What the archive holds under this digest is damaged; the reason in words.
  case corrupt(LogDigest, String)
  /// What lies in the archive's folder isn't the archive that was opened.
  case elsewhere(String)
  /// There is no room left on the archive's file system, by quota, or by a limit on file sizes. Nothing was stored.
  case full
  /// Any other failed system call, with its `errno`.
  case system(operation: String, code: Int32)

  /// - Parameter code: the `errno` of a failed system call.
  init(operation: String, code: Int32) {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: self = .full
    default: self = .system(operation: operation, code: code)
    }
  }

  /// Of writing, where a failed system call is the only thing that can happen.
  init(_ error: CompressionError) {
    if case .system(let operation, let code) = error {
      self.init(operation: operation, code: code)
    } else {
      self = .system(operation: "compressing", code: EINVAL)
    }
  }

  /// Of reading what is stored under a digest.
  init(_ error: CompressionError, reading digest: LogDigest) {
    if case .system(let operation, let code) = error {
      self.init(operation: operation, code: code)
    } else {
      self = .corrupt(digest, error.description)
    }
  }

  /// What happened, in one line.
  package var description: String {
    switch self {
    case .missing(let digest): "log archive: there is no log \(digest)"
    case .corrupt(let digest, let words): "log archive: the log \(digest) is damaged (\(words))"
    case .elsewhere(let folder): "log archive: what lies in \(folder) is not the archive that was opened"
    case .full: "log archive: no space left"
    case .system(let operation, let code): "log archive: \(operation) failed: \(CompressionError.words(of: code))"
    }
  }

  /// What a person can do about it.
  package var hint: String {
    switch self {
    case .missing: "Fetch the build again, or restore the archive from a backup."
    case .corrupt: "Delete the object and fetch the build again, or restore it from a backup; then check the disk."
    case .elsewhere: "Mount its file system, or put the archive back, with its file `id`."
    case .full: "Make room, raise the quota or the limit on file sizes (ulimit -f), or move the archive."
    case .system: "Check that the archive's folder is there and that this user may read and write it."
    }
  }

  /// Whether the same call may succeed later without anyone's doing.
  package var isRetryable: Bool {
    switch self {
    case .full, .elsewhere: true
    case .system(_, let code): [EINTR, EAGAIN, EMFILE, ENFILE, ENOMEM, EIO, ESTALE].contains(code)
    case .missing, .corrupt: false
    }
  }
}
