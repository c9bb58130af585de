import ArchiveFixtures
import Foundation
import LogSource
import Testing

@Suite struct LogFolderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  func names(_ folder: String = "f", limits: LogSourceLimits = LogSourceLimits()) throws -> [String] {
    try Collected(scratch(folder), limits: limits).names.map { String($0.dropFirst(scratch(folder).count + 1)) }
  }

  @Test func logsComeSortedByTheBytesOfTheirPaths() throws {
    for name in ["b", "a/z", "a.log", "a/b/c", "a0", "Z", "ä"] { try scratch.write([1], to: "f/" + name) }
    #expect(try names() == ["Z", "a.log", "a/b/c", "a/z", "a0", "b", "ä"])
  }

  @Test func hiddenFilesLinksAndPipesArePassedOver() throws {
    try scratch.write([1], to: "outside")
    for name in [".hidden", ".git/x", "a", "sub/b"] { try scratch.write([1], to: "f/" + name) }
    for (target, name) in [("..", "f/loop"), ("../outside", "f/link"), ("sub", "f/inside"), ("nowhere", "f/dangling")] {
      try FileManager.default.createSymbolicLink(atPath: scratch(name), withDestinationPath: target)
    }
    try #require(mkfifo(scratch("f/fifo"), 0o600) == 0)
    #expect(try names() == ["a", "sub/b"])
  }

  @Test func aLinkThatIsNamedIsFollowed() throws {
    try scratch.write([1], to: "f/a")
    try FileManager.default.createSymbolicLink(atPath: scratch("link"), withDestinationPath: "f")
    #expect(try names("link") == ["a"])
  }

  @Test func archivesInAFolderAreOpened() throws {
    try scratch.write(ZipBuilder.archive([.init("x/y", [1])]), to: "f/z.zip")
    #expect(try names() == ["z.zip/x/y"])
  }

  @Test func hostileNamesAreEscaped() throws {
    try scratch.write([1], to: "f/a\u{1B}[2J\n")
    #expect(try names() == ["a\\u{1b}[2J\\u{a}"])
  }

  @Test func namesThatAreNotUTF8CanBeOpened() throws {
    try scratch.write([1], to: "f/a")
    let path = Array((scratch("f") + "/").utf8) + [0xFF, 0]
    try #require(close(open(path.map { CChar(bitPattern: $0) }, O_CREAT | O_WRONLY, 0o600)) == 0)
    #expect(try names() == ["a", "\u{FFFD}"])
  }

  @Test func depthAndEntriesAreLimited() throws {
    try scratch.write([1], to: "f/1/2/3/x")
    try scratch.write([1], to: "f/y")
    let deep = try Collected(scratch("f"), limits: LogSourceLimits(depth: 3))
    #expect(deep.names == [scratch("f/y")])
    #expect(deep.errors.map(\.source) == [scratch("f/1/2/3")])
    #expect(try names(limits: LogSourceLimits(depth: 4)) == ["1/2/3/x", "y"])
    let many = try Collected(scratch("f"), limits: LogSourceLimits(folderEntries: 4))
    #expect(many.errors.count == 1)
  }

  @Test func aTrailingSlashIsNotDoubled() throws {
    try scratch.write([1], to: "f/a")
    #expect(try Collected(scratch("f/")).names == [scratch("f/a")])
  }
}
