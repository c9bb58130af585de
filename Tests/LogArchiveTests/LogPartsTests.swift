import ArchiveFixtures
import Foundation
import Testing

@testable import LogArchive

/// Reading from the midst of a stored log.
@Suite struct LogPartsTests {
  let scratch: Scratch
  let archive: LogArchive

  init() throws {
    scratch = try Scratch()
    archive = try LogArchive(folder: scratch("archive"))
  }

  private func store(_ bytes: [UInt8]) throws -> StoredLog {
    var rest = bytes[...]
    return try archive.store { buffer in
      let piece = rest.prefix(min(buffer.count, 77_777))
      buffer.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }

  private func path(_ log: StoredLog) -> String { archive.place(of: log.digest).path }

  private func read(_ parts: ArchivedLogParts, _ start: ArchivedLogParts.Start = .init()) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try parts.read(from: start) {
      bytes += $0
      return true
    }
    return bytes
  }

  @Test func readingBeginsAtTheLastPartThatHasNoMoreNewlinesBefore() throws {
    let log = Fixture.log(bytes: 3_500_000)
    let stored = try store(log)
    let parts = try archive.openParts(of: stored.digest)
    let newlines = log.count { $0 == 10 }
    #expect(parts.newlines == newlines)
    #expect(parts.start(newlines: -1) == .init())
    for wanted in [0, newlines / 3, newlines / 2, newlines, newlines + 5] {
      let start = parts.start(newlines: wanted)
      #expect(start.newlines <= wanted && start.newlines == log[..<start.bytes].count { $0 == 10 })
      #expect(try read(parts, start) == Array(log[start.bytes...]))
    }
    #expect(parts.start(newlines: newlines).bytes == 3 << 20)
    // The whole of it is one text to every reader, ours and zstd's own.
    #expect(try read(parts) == log)
    #expect(try Tool.run("zstd", "-dqc", path(stored)) == log)
  }

  @Test func aLogThatEndsWithAPartHasNoEmptyOne() throws {
    let log = Array(Fixture.log(bytes: 2 << 20).prefix(2 << 20))
    let parts = try archive.openParts(of: try store(log).digest)
    #expect(parts.start(newlines: .max).bytes == 1 << 20)
    #expect(try read(parts) == log)
  }

  @Test func logsWithoutATableAreReadFromTheBeginning() throws {
    let small = try archive.openParts(of: try store([1, 10, 2]).digest)
    #expect(small.newlines == nil && small.start(newlines: 5) == .init())
    #expect(try read(small) == [1, 10, 2])

    // As earlier versions have stored it: all in one frame.
    let log = Fixture.log(bytes: 2_500_000)
    let stored = try store(log)
    let whole = try Tool.run("zstd", "-qc", input: log)
    try Data(whole).write(to: URL(filePath: path(stored)))
    let old = try archive.openParts(of: stored.digest)
    #expect(old.newlines == nil && old.start(newlines: 5_000) == .init())
    #expect(try read(old) == log)
  }

  @Test func aTableThatDoesNotFitTheFileIsNone() throws {
    let log = Fixture.log(bytes: 2_500_000)
    let stored = try store(log)
    let sound = try Array(Data(contentsOf: URL(filePath: path(stored))))
    for (offset, value) in [(sound.count - 9, UInt8(4)), (sound.count - 1, 0), (sound.count - 16, 0xFF), (sound.count - 9, 0)] {
      var bytes = sound
      bytes[offset] = value
      try Data(bytes).write(to: URL(filePath: path(stored)))
      #expect(try archive.openParts(of: stored.digest).newlines == nil)
    }
    // Damage in a part is told when it is read.
    var bytes = sound
    bytes[sound.count / 2] ^= 0x55
    try Data(bytes).write(to: URL(filePath: path(stored)))
    let damaged = try archive.openParts(of: stored.digest)
    #expect(throws: ArchiveError.self) { try read(damaged) }
    try FileManager.default.removeItem(atPath: path(stored))
    #expect(throws: ArchiveError.missing(stored.digest)) { try archive.openParts(of: stored.digest) }
  }
}
