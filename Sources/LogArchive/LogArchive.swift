import Compression
import Crypto
import Glibc

/// Raw logs, each kept once, compressed with zstd, in a folder, under the SHA-256 of its raw bytes.
///
///     archive/ab/cdef….zst     the log whose digest is abcdef…
///     archive/ab/cdef….grams   its index, see `storeIndex(_:of:)`
///     archive/tmp/…            what is being written
///     archive/id               the archive's own name: it tells a folder from another that lies in its place
///
/// An object appears whole or not at all: it is written aside, flushed to disk, and renamed. Any number of threads and
/// processes may share a folder. Calls block: never make one on Swift's cooperative pool.
package struct LogArchive: Sendable {
  /// Size of the blocks that are read and hashed, in bytes.
  static let blockBytes = 256 * 1024
  /// How long a file that is being written may lie untouched before `sweep` takes it for a leftover, in seconds.
  package static let leftoverAge = 24 * 60 * 60

  private let folder: String
  /// The archive's own name, made with it; whatever folder it is moved or restored to.
  package let id: String

  /// Opens an archive, and makes its folder (mode 0700) and those that it is in if they aren't there.
  /// - Throws: `ArchiveError`.
  package init(folder: String) throws(ArchiveError) {
    self.folder = folder
    // What it is in may be a folder that this user can't even list, which is fine if there is nothing to make.
    if !ArchiveFile.exists(folder) { try ArchiveFile.makeFolders(folder) }
    try ArchiveFile.makeFolder(folder + "/tmp")
    let path = folder + "/id"
    if let known = ArchiveFile.word(in: path) {
      id = known
    } else {
      let made = String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
      var file = try ArchiveFile(creatingIn: folder + "/tmp")
      try file.write(made + "\n")
      try file.publishUnlessThere(as: path, in: folder)
      // Another process may have been faster.
      guard let known = ArchiveFile.word(in: path) else { throw .elsewhere(folder) }
      id = known
    }
  }

  /// Whether no log was ever stored in it.
  package var isEmpty: Bool {
    (0..<256).allSatisfy { shard in
      let name = String(shard, radix: 16)
      return !ArchiveFile.exists("\(folder)/\(name.count < 2 ? "0" + name : name)")
    }
  }

  /// Makes sure that what lies there is still what was opened, and not, say, the empty folder below a file system that is not mounted.
  private func verify() throws(ArchiveError) {
    guard ArchiveFile.word(in: folder + "/id") == id else { throw .elsewhere(folder) }
  }

  /// Takes a log in. One that the archive has already is kept as it is.
  ///
  /// Memory: some 5 MiB, whatever the log's size.
  /// - Parameter read: fills the start of a buffer with the next bytes and says how many; 0 at the end. If it throws,
  ///   nothing is stored.
  /// - Throws: `ArchiveError`, or what `read` throws.
  package func store(from read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> StoredLog {
    var draft = try LogDraft(in: self)
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: LogArchive.blockBytes, alignment: 16)
    defer { block.deallocate() }
    while case let count = try read(block), count > 0 {
      try draft.write(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
    return try draft.publish()
  }

  func makeTemporaryFile() throws(ArchiveError) -> ArchiveFile { try ArchiveFile(creatingIn: folder + "/tmp") }

  /// Gives a file that is written its place, unless the archive has the same log already.
  func publish(_ temporary: consuming ArchiveFile, as digest: LogDigest) throws(ArchiveError) {
    let (shard, path, _) = place(of: digest)
    if ArchiveFile.exists(path) {
      // Someone else may have renamed it just now, and not got to this yet.
      try ArchiveFile.flushFolder(shard)
    } else {
      try ArchiveFile.makeFolder(shard)
      // Two who store the same log at once: the later rename replaces the object with an equal one.
      try temporary.publish(as: path, in: shard)
    }
  }

  /// Opens a log for reading.
  /// - Throws: `ArchiveError.missing`, `.corrupt` if it isn't even zstd, or `.system`.
  package func open(_ digest: LogDigest) throws(ArchiveError) -> ArchivedLogReader {
    let input: ByteInput
    do throws(CompressionError) {
      input = try ByteInput(path: place(of: digest).path)
    } catch .system(_, ENOENT) {
      try verify()
      throw .missing(digest)
    } catch {
      throw ArchiveError(error, reading: digest)
    }
    return try ArchivedLogReader(digest, input)
  }

  /// Removes what killed processes have left half-written.
  /// - Parameter now: seconds since 1970.
  /// - Returns: how many files were removed.
  /// - Throws: `ArchiveError.system` if the folder can't be listed.
  package func sweep(now: Int = time(nil)) throws(ArchiveError) -> Int {
    try ArchiveFile.removeFiles(in: folder + "/tmp", untouchedSince: now - LogArchive.leftoverAge)
  }

  /// Makes sure that a log can be stored and read back, and leaves none behind.
  /// - Throws: `ArchiveError`.
  package func check() throws {
    try verify()
    // Never twice the same bytes, so that nobody else's log is removed.
    var rest = (0..<32).map { _ in UInt8.random(in: .min ... .max) }[...]
    let size = rest.count
    let stored = try store { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
    let path = place(of: stored.digest).path
    defer { unlink(path) }
    var reader = try open(stored.digest)
    var count = 0
    // To its end, where the reader holds all of it against the digest.
    try withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      while case let read = try reader.read(into: buffer), read > 0 { count += read }
    }
    guard count == size else { throw ArchiveError.corrupt(stored.digest, "it has \(count) bytes instead of \(size)") }
  }

  func place(of digest: LogDigest) -> (shard: String, path: String, index: String) {
    let hex = digest.hex
    let shard = folder + "/" + hex.prefix(2)
    let stem = shard + "/" + hex.dropFirst(2)
    return (shard, stem + ".zst", stem + ".grams")
  }

  func digest(of hash: SHA256) throws(ArchiveError) -> LogDigest {
    guard let digest = LogDigest(bytes: hash.finalize()) else { throw .system(operation: "hashing", code: EINVAL) }
    return digest
  }
}
