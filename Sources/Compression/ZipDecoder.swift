import CArchive
import Glibc

/// Reads zip with libarchive, which knows zip64, streams without sizes, and methods other than deflate.
///
/// From a seekable input it goes by the table of contents at the end; if that is missing, as in a file that was cut
/// off, and from a pipe, by the header before each member.
// `@safe`: the archive is freed in `deinit`, or in `reopen` after another has taken its place; what libarchive lends
// (entries, names, blocks) isn't kept beyond the next call for the archive, and doesn't leave this type.
@safe final class ZipDecoder: Decoder {
  /// How often the archive is opened anew to get past broken members.
  private static let mostReopenings = 16

  private let source: ZipInput
  private var archive: OpaquePointer
  /// How many headers have been read.
  private var headersRead = 0
  private var reopenings = 0
  private let mostTableBytes: Int
  private let start: Int

  private var isEncrypted = false
  /// What was decoded and not yet delivered: memory of libarchive's, valid until its next call.
  private var pending = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  private var hasMemberEnded = true
  /// What the next call of `read` throws.
  private var failure: CompressionError?
  /// Set once libarchive has given up on the archive.
  private var isFatal = false
  private var hasEnded = false

  /// - Parameter mostMembers: bounds the memory for the table of contents: 512 bytes for each, and 1 MiB.
  init(_ input: ByteInput, mostMembers: Int) throws(CompressionError) {
    source = ZipInput(input)
    start = input.position
    mostTableBytes = min(mostMembers, Int.max >> 10) * 512 + 1 << 20
    unsafe archive = try ZipDecoder.makeArchive()
    unsafe try check(source.attach(to: archive))
  }

  deinit {
    // archive_read_free(3): closes first; `source` is still alive here, as it is freed after this body.
    unsafe archive_read_free(archive)
  }

  private static func makeArchive() throws(CompressionError) -> OpaquePointer {
    guard let archive = unsafe archive_read_new() else { throw .system(operation: "starting libarchive", code: ENOMEM) }
    // No filter is enabled, hence never an external program; and no other format.
    guard unsafe archive_read_support_format_zip(archive) == ARCHIVE_OK else {
      unsafe archive_read_free(archive)
      throw .unsupportedMethod("libarchive was built without zip")
    }
    return unsafe archive
  }

  var mustDecodeToSkip: Bool {
    // An encrypted member can't be decoded; libarchive skips it if its size is known.
    !source.input.isSeekable && !hasMemberEnded && !isEncrypted && failure == nil && !isFatal
  }

  func nextMember() throws(CompressionError) -> DecodedMember? {
    guard !hasEnded else { return nil }
    let before = failure
    unsafe pending = UnsafeRawBufferPointer(start: nil, count: 0)
    failure = nil
    let entry: OpaquePointer?
    do throws(CompressionError) {
      if isFatal { try reopen(after: before) }
      unsafe entry = unsafe try nextHeader()
    } catch {
      hasEnded = true
      // Where the input ended within a member, that has been told, and there is nothing behind it.
      if before == .truncated, error == .truncated { return nil }
      throw error
    }
    guard let entry = unsafe entry else {
      hasEnded = true
      try checkCount()
      return nil
    }
    hasMemberEnded = false
    isEncrypted = unsafe archive_entry_is_encrypted(entry) != 0
    guard unsafe archive_entry_filetype(entry) == S_IFREG else { return .other }
    let declared = unsafe archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil
    return .text(Member(name: unsafe name(of: entry), declaredBytes: declared))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    if isEncrypted, !hasMemberEnded {
      hasMemberEnded = true
      throw .encrypted
    }
    if unsafe pending.isEmpty, !hasMemberEnded, failure == nil { fetch() }
    let count = min(unsafe pending.count, buffer.count)
    if count == 0, let failure {
      hasMemberEnded = true
      throw failure
    }
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: pending[..<count]))
    unsafe pending = UnsafeRawBufferPointer(rebasing: pending[count...])
    return count
  }

  /// Has libarchive decode another block.
  private func fetch() {
    // A block may be empty though more follow.
    while unsafe pending.isEmpty, !hasMemberEnded, failure == nil {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      // archive_read_data(3): the block stays valid until the next call for this archive.
      let result = unsafe archive_read_data_block(archive, &start, &count, &offset)
      switch result {
      case ARCHIVE_EOF:
        hasMemberEnded = true
      case ARCHIVE_OK:
        unsafe pending = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
      case ARCHIVE_WARN:
        // The last block comes together with the news that the sum or the size is wrong.
        unsafe pending = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        failure = lastError()
      default:
        failure = lastError()
        isFatal = result == ARCHIVE_FATAL
      }
    }
  }

  // MARK: Headers

  private func nextHeader() throws(CompressionError) -> OpaquePointer? {
    var entry: OpaquePointer?
    // The first call reads the table of contents as a whole.
    source.allowance = headersRead == 0 && source.input.isSeekable ? mostTableBytes : nil
    defer { source.allowance = nil }
    let result = UTF8Locale.during { unsafe archive_read_next_header(archive, &entry) }
    if result == ARCHIVE_EOF { return nil }
    // A warning is about the name's encoding or a header at odds with the table; the checksum decides.
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe entry else {
      throw lastError()
    }
    headersRead += 1
    return unsafe entry
  }

  private func name(of entry: OpaquePointer) -> String {
    let substitute = "(member \(headersRead))"
    // archive_entry_paths(3): zero-terminated, valid until the entry changes; NULL if it claims to be UTF-8 and isn't.
    guard let name = unsafe archive_entry_pathname(entry) else { return substitute }
    let bytes = unsafe UnsafeRawBufferPointer(start: name, count: strlen(name))
    return unsafe bytes.isEmpty ? substitute : DisplayName.sanitised(bytes)
  }

  /// Compares what was found with what the archive says at its end.
  private func checkCount() throws(CompressionError) {
    guard let count = try ZipTrailer.memberCount(source.readTail()) else { throw .truncated }
    if case .known(let count) = count, count != headersRead {
      throw .corrupt("it says that it has \(count) members, \(headersRead) were found")
    }
  }

  // MARK: Errors

  /// Opens the archive once more and goes behind the member that broke it: with libarchive one bad member ends all.
  private func reopen(after failure: CompressionError?) throws(CompressionError) {
    // What broke it was the input itself, or its end.
    if let failure = source.failure { throw failure }
    guard source.input.isSeekable, reopenings < ZipDecoder.mostReopenings else {
      throw failure == .truncated ? .truncated : .restUnreadable
    }
    reopenings += 1
    let goal = headersRead
    try source.input.seek(to: start)
    let fresh = unsafe try ZipDecoder.makeArchive()
    unsafe archive_read_free(archive)
    unsafe archive = fresh
    headersRead = 0
    isFatal = false
    unsafe try check(source.attach(to: archive))
    while headersRead < goal {
      guard unsafe try nextHeader() != nil else { throw .restUnreadable }
    }
  }

  private func check(_ result: Int32) throws(CompressionError) {
    guard result == ARCHIVE_OK else { throw lastError() }
  }

  /// What libarchive last complained of. It tells kinds of errors apart by words only, not by number.
  private func lastError() -> CompressionError {
    if let failure = source.failure { return failure }
    // archive_util(3): valid until the next call for this archive; NULL if there was no complaint.
    guard let text = unsafe archive_error_string(archive) else { return .truncated }
    let words = unsafe String(cString: text)
    // zlib.h: -5 is Z_BUF_ERROR, which is what inflating says if it needs more input than there is.
    if words.contains("Truncated") || words.contains("truncated") || words.contains("(-5)") { return .truncated }
    if words.contains("ncrypt") || words.contains("assphrase") { return .encrypted }
    if words.contains("nsupported") || words.contains("not supported") { return .unsupportedMethod(words) }
    return .corrupt(words)
  }
}
