import ArchiveFixtures
import Compression
import Foundation
import Testing

@Suite struct ByteInputTests {
  @Test func peekingLeavesTheBytesInAPipe() throws {
    let pipe = Pipe()
    Tool.feed(Array("abcdef".utf8), to: pipe.fileHandleForWriting)
    let input = ByteInput(descriptor: pipe.fileHandleForReading.fileDescriptor, isOwned: false)
    #expect(!input.isSeekable)
    #expect(try input.peek(4) == Array("abcd".utf8))
    #expect(try input.peek(2) == Array("ab".utf8))
    #expect(try input.peek(9) == Array("abcdef".utf8))
    var bytes = [UInt8](repeating: 0, count: 3)
    #expect(try bytes.withUnsafeMutableBytes { try input.read(into: $0) } == 3)
    #expect(bytes == Array("abc".utf8))
    #expect(try input.peek(9) == Array("def".utf8))
  }

  @Test func aFileIsReadFromWhereItStands() throws {
    let scratch = try Scratch()
    let handle = try #require(FileHandle(forReadingAtPath: scratch.write(Array("xxabc".utf8), to: "f")))
    try handle.seek(toOffset: 2)
    let input = ByteInput(descriptor: handle.fileDescriptor, isOwned: false)
    #expect(input.isSeekable)
    #expect(input.size == 3)
    #expect(try input.peek(9) == Array("abc".utf8))
    try input.seek(to: 1)
    #expect(try input.peek(9) == Array("bc".utf8))
  }

  @Test func aMissingFileIsAnError() {
    #expect(throws: CompressionError.system(operation: "open", code: ENOENT)) { try ByteInput(path: "/nowhere/at/all") }
  }
}
