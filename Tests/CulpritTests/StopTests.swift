import Foundation
import Postgres
import Testing
import TestSupport

/// Whoever stops a command, or stops reading what it prints, leaves no private server behind.
@Suite struct StopTests {
  private let folder: ScratchFolder
  private let variables: [String: String]
  private let cluster: PrivateCluster

  init() throws {
    folder = try ScratchFolder()
    variables = ["CULPRIT_DATA": folder.path + "/data", "CULPRIT_PATTERNS": folder.path + "/patterns"]
    cluster = PrivateCluster(folder: folder.path + "/data/postgres")
  }

  /// Enough findings to overflow what a pipe and the program hold back.
  private func prepare() async throws {
    try folder.pattern("a/error", match: "error \\d+", hit: "error 1")
    let log = try folder.write((0..<3_000).map { "this is error \($0)" }.joined(separator: "\n"), to: "a.log")
    let build = ["--repository", "o/r", "--commit", String(repeating: "c", count: 40), "--job", "j"]
    for arguments in [["import", log] + build, ["patterns", "sync"], ["rescan"]] {
      let run = try await Command.culprit(arguments, environment: variables)
      try #require(run.status == 0, "\(run.errors)")
    }
  }

  @Test func aReaderThatGoesAwayAndAFullDiskEndItInItsOwnWay() async throws {
    try await prepare()
    let long = ["export findings --format json", "scan --format json \(folder.path)/a.log"]
    for command in long + ["report --format json", "patterns list", "status cccc"] {
      let cut = try await Command.bash("$CULPRIT \(command) | head -n 1; exit ${PIPESTATUS[0]}", environment: variables)
      // What is short may be written whole before anyone goes away; what a scan found is its exit code then.
      #expect(cut.status == 0, "\(command): \(cut.status)")
      #expect(cut.lines.count == 1 && cut.errors.isEmpty, "\(command): \(cut.errors)")
      let closed = try await Command.bash("$CULPRIT \(command) | true; exit ${PIPESTATUS[0]}", environment: variables)
      #expect(closed.status == 0 && closed.errors.isEmpty, "\(command): \(closed.status) \(closed.errors)")
      let full = try await Command.bash("$CULPRIT \(command) > /dev/full", environment: variables)
      #expect(full.status == 2, "\(command)")
      #expect(full.errors == "culprit: standard output can't be written: No space left on device\n", "\(command)")
      #expect(try await cluster.status() == .stopped, "\(command)")
    }
  }

  @Test(arguments: [
    (["status", "cccc"], SIGINT), (["doctor"], SIGINT), (["migrate"], SIGTERM), (["report"], SIGHUP),
    (["db", "psql", "--", "-c", "SELECT pg_sleep(600)"], SIGTERM),
  ])
  func aSignalReleasesThePrivateServer(arguments: [String], number: Int32) async throws {
    try folder.pattern("a/error", match: "error \\d+", hit: "error 1")
    // There is one already, so that starting it again is quick.
    #expect(try await Command.culprit(["migrate"], environment: variables).status == 0)
    let command = try Command.start(arguments, environment: variables)
    while command.isRunning, try await cluster.status() == .stopped { await Task.yield() }
    kill(command.processIdentifier, number)
    let ended = try await Command.finish(command)
    // It may have been done just before.
    #expect([130, 0, 2].contains(ended.status), "\(ended.status) \(ended.errors)")
    if arguments.contains("psql") { #expect(ended.status == 130) }
    #expect(try await cluster.status() == .stopped)
  }
}
