import Compression
import Glibc

extension LogSourceError {
  init(source: String, compression error: CompressionError) {
    if case .system(let operation, let code) = error {
      self.init(source: source, operation: operation, code: code)
    } else {
      self.init(source: source, kind: .compression(error))
    }
  }

  /// - Parameter code: the `errno` of a failed system call.
  init(source: String, operation: String, code: Int32) {
    switch code {
    case ENOENT, ENOTDIR: self.init(source: source, kind: .notFound)
    case EACCES, EPERM: self.init(source: source, kind: .permissionDenied)
    default: self.init(source: source, kind: .system(operation: operation, code: code))
    }
  }
}
