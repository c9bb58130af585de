import ArchiveFixtures
import Crypto
import Foundation
import LogArchive
import Testing

@Suite struct LogArchiveTests {
  let scratch: Scratch
  let archive: LogArchive
  let log = Fixture.log(bytes: 900_000)

  init() throws {
    scratch = try Scratch()
    archive = try LogArchive(folder: scratch("archive"))
  }

  /// Stores bytes in pieces of uneven sizes.
  @discardableResult
  func store(_ bytes: [UInt8], in archive: LogArchive? = nil) throws -> StoredLog {
    var rest = bytes[...]
    return try (archive ?? self.archive).store { buffer in
      let piece = rest.prefix(min(buffer.count, 77_777))
      buffer.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }

  func read(_ digest: LogDigest) throws -> [UInt8] {
    var reader = try archive.open(digest)
    var bytes: [UInt8] = []
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 10_000, alignment: 1)
    defer { block.deallocate() }
    while case let count = try reader.read(into: block), count > 0 { bytes += block[..<count] }
    return bytes
  }

  func files(_ folder: String = "archive") -> [String] {
    let all = FileManager.default.enumerator(atPath: scratch(folder))?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".zst") || $0.hasPrefix("tmp/") }.sorted()
  }

  func path(_ digest: LogDigest) -> String { scratch("archive/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2)).zst") }

  @Test func whatWasStoredCanBeReadByItsDigest() throws {
    for bytes in [log, [], [0], Fixture.noise(bytes: 300_000)] {
      let stored = try store(bytes)
      #expect(stored.size == bytes.count)
      #expect(stored.digest.bytes == Array(SHA256.hash(data: bytes)))
      #expect(try read(stored.digest) == bytes)
    }
    #expect(files().count == 4)
  }

  @Test func objectsAreZstdUnderTheirDigestForTheOwnerOnly() throws {
    let stored = try store(log)
    #expect(files() == ["\(stored.digest.hex.prefix(2))/\(stored.digest.hex.dropFirst(2)).zst"])
    #expect(try Tool.run("zstd", "-dqc", path(stored.digest)) == log)
    let modes = try [path(stored.digest), scratch("archive"), scratch("archive/tmp")].map {
      try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
    }
    #expect(modes == [0o600, 0o700, 0o700])
  }

  /// A file system that isn't mounted leaves an empty folder: nothing that was there is lost.
  @Test func anotherFolderInItsPlaceIsNoticed() throws {
    let digest = try store(Array("log".utf8)).digest
    let folder = scratch("archive")
    #expect(try LogArchive(folder: folder).id == archive.id)
    try FileManager.default.moveItem(atPath: folder, toPath: scratch("away"))
    for isMade in [false, true] {
      if isMade { _ = try LogArchive(folder: folder) }
      let error = #expect(throws: ArchiveError.self) { _ = try archive.open(digest) }
      #expect(error == .elsewhere(folder) && error?.isRetryable == true)
      #expect(throws: ArchiveError.elsewhere(folder)) { try archive.check() }
    }
    let moved = try LogArchive(folder: scratch("away"))
    #expect(moved.id == archive.id && !moved.isEmpty)
    #expect(try LogArchive(folder: folder).isEmpty)
    _ = try moved.open(digest)
  }

  @Test func anObjectThatIsThereIsKept() throws {
    let first = try store(log)
    let before = try FileManager.default.attributesOfItem(atPath: path(first.digest))[.systemFileNumber] as? Int
    #expect(try store(log) == first)
    let after = try FileManager.default.attributesOfItem(atPath: path(first.digest))[.systemFileNumber] as? Int
    #expect(before == after)
    #expect(files().count == 1)
  }

  @Test func manyMayStoreTheSameAtOnce() async throws {
    let results = try await withThrowingTaskGroup(of: StoredLog.self) { group in
      for _ in 0..<8 { group.addTask { try store(log, in: LogArchive(folder: scratch("archive"))) } }
      return try await group.reduce(into: Set<LogDigest>()) { $0.insert($1.digest) }
    }
    #expect(results.count == 1)
    #expect(files().count == 1)
    #expect(try read(#require(results.first)) == log)
  }

  @Test func aLogThatBreaksOffLeavesNothing() throws {
    struct Broken: Error {}
    var calls = 0
    #expect(throws: Broken.self) {
      try archive.store { buffer in
        calls += 1
        if calls == 20 { throw Broken() }
        buffer.copyBytes(from: Fixture.noise(bytes: buffer.count, seed: UInt64(calls)))
        return buffer.count
      }
    }
    #expect(files().isEmpty)
  }

  @Test func aMissingLogIsAnError() throws {
    let digest = try #require(LogDigest(bytes: [UInt8](repeating: 0xAB, count: 32)))
    #expect(throws: ArchiveError.missing(digest)) { try read(digest) }
    #expect(LogDigest(bytes: [1, 2, 3]) == nil)
    #expect(digest.hex == String(repeating: "ab", count: 32))
  }

  @Test func damageIsNoticed() throws {
    let digest = try store(log).digest
    let object = try Array(Data(contentsOf: URL(filePath: path(digest))))
    var flipped = object
    flipped[object.count / 2] ^= 1
    let another = try Tool.zstd(Array("another log".utf8))
    for damaged in try [flipped, Array(object.dropLast(5)), [], Array("text".utf8), another, Tool.gzip(log)] {
      try Data(damaged).write(to: URL(filePath: path(digest)))
      let error = #expect(throws: ArchiveError.self) { try read(digest) }
      guard case .corrupt(digest, _)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test func onlyOldLeftoversAreSwept() throws {
    let digest = try store(log).digest
    try scratch.write([1], to: "archive/tmp/leftover")
    let now = Int(Date().timeIntervalSince1970)
    #expect(try archive.sweep(now: now) == 0)
    #expect(try archive.sweep(now: now + LogArchive.leftoverAge - 60) == 0)
    #expect(try archive.sweep(now: now + LogArchive.leftoverAge + 60) == 1)
    #expect(try read(digest) == log)
    #expect(files().count == 1)
  }

  @Test func theFoldersThatAnArchiveIsInAreMadeToo() throws {
    _ = try LogArchive(folder: scratch("a/b/c"))
    #expect(FileManager.default.fileExists(atPath: scratch("a/b/c/tmp")))
  }

  @Test func anArchiveThatCantBeMadeIsAnError() throws {
    try scratch.write([1], to: "file")
    #expect(throws: ArchiveError.system(operation: "making a folder", code: ENOTDIR)) { try LogArchive(folder: scratch("file/b")) }
  }
}
