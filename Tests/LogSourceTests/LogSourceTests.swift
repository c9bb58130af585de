import ArchiveFixtures
import Compression
import Foundation
import LogSource
import Testing

@Suite struct LogSourceTests {
  let scratch: Scratch
  let log = Fixture.log(bytes: 700_000)

  init() throws { scratch = try Scratch() }

  // MARK: Single files

  @Test func readsEachFormatWhateverTheName() throws {
    let plain = try scratch.write(log, to: "plain.gz")
    let gzip = try scratch.write(Tool.gzip(log), to: "a.log")
    let zstd = try scratch.write(Tool.zstd(log), to: "b.txt")
    let zip = try scratch.write(ZipBuilder.archive([.init("job/3_test.txt", log)]), to: "c")
    let collected = try Collected(plain, gzip, zstd, zip)
    #expect(collected.names == [plain, gzip, zstd, zip + "/job/3_test.txt"])
    #expect(collected.texts.values.allSatisfy { $0 == log })
    #expect(collected.errors.isEmpty)
  }

  @Test func readsEmptyAndTinyFiles() throws {
    for text in ["", "x", "PK", "\u{1F}", "\n"] {
      let path = try scratch.write(text.utf8, to: "tiny")
      let collected = try Collected(path)
      #expect(collected.names == [path])
      #expect(collected.texts[path, default: []] == Array(text.utf8))
      #expect(collected.errors.isEmpty)
    }
    let zip = try scratch.write(ZipBuilder.archive([]), to: "empty.zip")
    #expect(try Collected(zip).names.isEmpty)
    #expect(try Collected(zip).errors.isEmpty)
  }

  @Test(arguments: [false, true])
  func readsFIFOs(isCompressed: Bool) throws {
    let path = scratch("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    let bytes = isCompressed ? try Tool.gzip(log) : log
    Thread.detachNewThread {
      if let handle = FileHandle(forWritingAtPath: path) { Tool.feed(bytes, to: handle) }
    }
    #expect(try Collected(path).texts == [path: log])
  }

  // MARK: Errors

  @Test func oneBadSourceDoesNotStopTheOthers() throws {
    let good = try scratch.write(log, to: "good")
    let cut = try scratch.write(Tool.gzip(log).prefix(50_000), to: "cut.gz")
    let collected = try Collected(scratch("none"), good, cut, good + "/x", good)
    #expect(collected.names == [good, cut, good])
    #expect(collected.errors.map(\.source) == [scratch("none"), cut, good + "/x"])
    #expect(collected.errors.map(\.kind) == [.notFound, .compression(.truncated), .notFound])
    #expect(collected.texts[cut]?.isEmpty == false)
    #expect(collected.errors[0].description == "\(scratch("none")): there is no such file or folder")
    #expect(collected.errors.allSatisfy { $0.hint != nil })
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything")) func refusedFilesAreReported() throws {
    let path = try scratch.write(log, to: "secret")
    chmod(path, 0)
    #expect(try Collected(path).errors.map(\.kind) == [.permissionDenied])
  }

  @Test func aSocketIsNoLog() throws {
    // A socket's path may have 107 bytes at most.
    let path = "/tmp/culprit-\(UUID().uuidString.prefix(8))"
    _ = try Tool.run("python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path)
    defer { unlink(path) }
    #expect(try Collected(path).errors.map(\.kind) == [.notReadable("a socket")])
  }

  @Test func anotherErrorOfTheBodyEndsAll() throws {
    struct Stop: Error {}
    let path = try scratch.write(log, to: "a")
    var calls = 0
    #expect(throws: Stop.self) {
      try LogSource().forEachLog(in: [path, path]) { _ in
        calls += 1
        throw Stop()
      } failure: { _ in
      }
    }
    #expect(calls == 1)
  }

  @Test func limitsDeliverWhatTheyAllow() throws {
    let plain = try scratch.write(log, to: "plain")
    let gzip = try scratch.write(Tool.gzip(log), to: "gzip")
    let collected = try Collected(plain, gzip, limits: LogSourceLimits(plainBytes: 1000, memberBytes: 2000))
    #expect(collected.texts == [plain: Array(log[..<1000]), gzip: Array(log[..<2000])])
    #expect(collected.errors.map(\.kind) == Array(repeating: .compression(.tooLarge(.memberBytes)), count: 2))
    #expect(try Collected(plain, limits: LogSourceLimits(plainBytes: log.count)).errors.isEmpty)
  }

  // MARK: Zips

  @Test func aMemberThatIsAnArchiveIsReportedAndTheOthersAreRead() throws {
    let zip = try scratch.write(
      ZipBuilder.archive([
        .init("in.gz", Tool.gzip(log)), .init("in.zip", ZipBuilder.archive([])), .init("a.gz", log), .init("empty", []),
      ]), to: "z.zip")
    let collected = try Collected(zip)
    #expect(collected.names == [zip + "/a.gz", zip + "/empty"])
    #expect(collected.errors.map(\.source) == [zip + "/in.gz", zip + "/in.zip"])
    #expect(collected.errors.map(\.kind) == [.nestedArchive(.gzip), .nestedArchive(.zip)])
  }

  @Test func aTarIsNoText() throws {
    let folder = try scratch.write(log, to: "in/a.log")
    let tar = try Tool.run("tar", "-C", String(folder.dropLast("in/a.log".count)), "-cf", "-", "in", input: [])
    let paths = [try scratch.write(tar, to: "x.tar"), try scratch.write(try Tool.gzip(tar), to: "x.tar.gz")]
    let zip = try scratch.write(ZipBuilder.archive([.init("in.tar", tar), .init("b.log", log)]), to: "y.zip")
    let collected = try Collected(paths[0], paths[1], zip)
    #expect(collected.names == [zip + "/b.log"])
    #expect(collected.errors.map(\.source) == paths + [zip + "/in.tar"])
    #expect(collected.errors.allSatisfy { $0.kind == .tar })
  }

  @Test func aBadMemberDoesNotStopTheOthers() throws {
    let zip = try scratch.write(
      ZipBuilder.archive([.init("bad", log).with { $0.crc ^= 1 }, .init("locked", log).with { $0.flags = 1 }, .init("good", log)]),
      to: "z.zip")
    let collected = try Collected(zip)
    #expect(collected.names.last == zip + "/good")
    #expect(collected.texts[zip + "/good"] == log)
    #expect(collected.errors.map(\.source) == [zip + "/bad", zip + "/locked"])
  }

  @Test func aCutZipGivesWhatItHas() throws {
    let whole = ZipBuilder.archive([.init("1_build.txt", log), .init("build/1_a.txt", log)])
    let zip = try scratch.write(whole.prefix(log.count + 1000), to: "z.zip")
    let collected = try Collected(zip)
    #expect(collected.names == [zip + "/build/1_a.txt"])
    #expect(collected.errors.map(\.kind) == [.compression(.truncated)])
  }

  @Test func fromAPipeACopyIsLeftOutOnlyBehindTheSteps() throws {
    let short = Array("x\n".utf8)
    let zip = ZipBuilder.archive([
      .init("0_early.txt", short), .init("early/1_a.txt", short), .init("late/1_a.txt", short), .init("1_late.txt", short),
    ])
    let path = scratch("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    Thread.detachNewThread {
      if let handle = FileHandle(forWritingAtPath: path) { Tool.feed(zip, to: handle) }
    }
    #expect(try Collected(path).names.map { $0.dropFirst(path.count + 1) } == ["0_early.txt", "early/1_a.txt", "late/1_a.txt"])
  }
}
