import Foundation
import Testing
import TestSupport

/// A log may be larger than memory.
@Suite struct MemoryTests {
  /// The most that a scan may take, in bytes: the program itself, its patterns, and a few windows.
  private static let most = 96 << 20

  private func scan(_ portion: [UInt8], times: Int) async throws -> Command {
    let folder = try ScratchFolder()
    try folder.pattern("a/error", match: "error: (.*)", hit: "error: x")
    try folder.pattern("a/tail", match: "x", hit: "x", more: "tail: 100")
    try folder.pattern("a/many", match: "ok", hit: "ok")
    // Through a pipe: once all is written, all but the pipe's 64 KiB has been read, and the process still waits for more.
    let log = folder.path + "/log"
    try #require(mkfifo(log, 0o600) == 0)
    signal(SIGPIPE, SIG_IGN)
    let running = try Command.start(["scan", "--format", "json", "--patterns", folder.path + "/patterns", log])
    let handle = try #require(FileHandle(forWritingAtPath: log))
    for _ in 0..<times { try handle.write(contentsOf: Data(portion)) }
    let peak = try #require(running.peakBytes)
    try handle.close()
    let run = try await Command.finish(running)
    #expect(run.output.contains(#""bytes":\#(portion.count * times),"#))
    #expect(peak < Self.most, "\(peak >> 20) MiB")
    return run
  }

  @Test func aLongLineTakesLittleMemory() async throws {
    #expect(try await scan([UInt8](repeating: 0x2E, count: 1 << 20), times: 200).status == 0)
  }

  @Test func manyLinesTakeLittleMemory() async throws {
    let line = Array("ok \u{1B}[32mx\u{1B}[0m y\n".utf8)
    #expect(try await scan(Array(Array(repeating: line, count: 10_000).joined()), times: 40).status == 1)
  }

  @Test func aStringWithoutEndTakesLittleMemory() async throws {
    #expect(try await scan(Array(Array(repeating: Array("\u{1B}]0;".utf8), count: 256 * 1024).joined()), times: 10).status == 0)
  }
}
