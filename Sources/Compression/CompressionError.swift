import Glibc

/// Why compressed bytes can't be read, or written, any further. Whatever came before has been delivered.
package enum CompressionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes end before the text does.
  case truncated
  /// The bytes contradict the format or a checksum; the library's own words.
  case corrupt(String)
  /// The member needs a password.
  case encrypted
  /// The member is compressed in a way that can't be read; the library's own words.
  case unsupportedMethod(String)
  /// A zstd frame needs more memory than the 128 MiB that every decoder must offer (RFC 8878 asks for 8 MiB).
  case windowTooLarge
  /// A limit was passed; all that it allows has been delivered.
  case tooLarge(CompressionLimits.Kind)
  /// A member was broken, and where the next one begins can't be known without a seekable file.
  case restUnreadable
  /// The first bytes are those of none of the formats.
  case unknownFormat
  /// A system call failed, with its `errno`.
  case system(operation: String, code: Int32)

  /// One line, without a full stop, that holds nothing of the compressed text.
  package var description: String {
    switch self {
    case .truncated: "the compressed data ends too early"
    case .corrupt(let words): "the compressed data is corrupt (\(words))"
    case .encrypted: "the archive member is encrypted"
    case .unsupportedMethod(let words): "the compression method is not supported (\(words))"
    case .windowTooLarge: "the zstd frame needs a window of more than 128 MiB"
    case .tooLarge(.members): "the archive has more members than allowed"
    case .tooLarge(.memberBytes): "the decompressed data is larger than allowed for one log"
    case .tooLarge(.totalBytes): "the decompressed data of all members is larger than allowed"
    case .restUnreadable: "the archive can't be read any further after a broken member"
    case .unknownFormat: "this is neither gzip nor zstd nor zip"
    case .system(let operation, let code): "\(operation) failed: \(CompressionError.words(of: code))"
    }
  }

  /// The system's words for an `errno`, in the C locale.
  package static func words(of code: Int32) -> String {
    // strerror(3): never NULL, and safe between threads since glibc 2.32.
    unsafe String(cString: strerror(code))
  }
}
