import ArchiveFixtures
import Compression
import Foundation
import Testing

@Suite struct ZstdWriterTests {
  let log = Fixture.log(bytes: 700_000)

  /// Compresses `log` in pieces of some size.
  func compress(piece: Int, level: Int32 = ZstdWriter.defaultLevel, finishing: Bool = true) throws -> [UInt8] {
    let scratch = try Scratch()
    let handle = try FileHandle(forWritingTo: URL(filePath: scratch.write([], to: "x")))
    var writer = try ZstdWriter(descriptor: handle.fileDescriptor, level: level)
    for start in stride(from: 0, to: log.count, by: piece) {
      try log[start..<min(log.count, start + piece)].withUnsafeBytes { try writer.write($0) }
    }
    if finishing { try writer.finish() }
    return try Array(Data(contentsOf: URL(filePath: scratch("x"))))
  }

  @Test(arguments: [100_000_000, 4096, 1000])
  func writesWhatZstdReads(piece: Int) throws {
    let compressed = try compress(piece: piece)
    #expect(try Tool.run("zstd", "-dqc", input: compressed) == log)
    #expect(try Delivery(compressed).texts == [.init(bytes: log)])
    #expect(compressed.count < log.count / 3)
  }

  @Test func anEmptyTextIsAFrameToo() throws {
    let scratch = try Scratch()
    let handle = try FileHandle(forWritingTo: URL(filePath: scratch.write([], to: "x")))
    try ZstdWriter(descriptor: handle.fileDescriptor).finish()
    #expect(try Delivery(ByteInput(path: scratch("x"))).texts == [.init()])
  }

  @Test func aFrameThatWasNotFinishedIsTruncated() throws {
    #expect(try Delivery(compress(piece: 4096, finishing: false)).texts.first?.error == .truncated)
  }

  @Test func aChecksumIsWritten() throws {
    var compressed = try compress(piece: 4096)
    compressed[compressed.count - 1] ^= 1
    #expect(try Delivery(compressed).texts.first?.error != nil)
  }

  @Test func aFullDiskIsAnError() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    var writer = try ZstdWriter(descriptor: full.fileDescriptor)
    let noise = Fixture.noise(bytes: 1_000_000)
    #expect(throws: CompressionError.system(operation: "write", code: ENOSPC)) {
      try noise.withUnsafeBytes { try writer.write($0) }
    }
  }
}
