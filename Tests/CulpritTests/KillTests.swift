import Foundation
import Postgres
import Testing
import TestSupport

/// A rescan that is killed anywhere loses nothing and doubles nothing, whether it is the rescan that is killed or its server.
@Suite struct KillTests {
  private static let patterns = 12
  private static let logs = 720
  /// Enough to meet a bug now and then; `CULPRIT_KILLS=50` for a change to the ledger.
  private static let kills = ProcessInfo.processInfo.environment["CULPRIT_KILLS"].flatMap { Int($0) } ?? 15

  private let folder: ScratchFolder
  private let cluster: PrivateCluster
  private var manifest = ""

  init() throws {
    folder = try ScratchFolder()
    cluster = PrivateCluster(folder: folder.path + "/killed/postgres")
    for number in 0..<Self.patterns { try folder.pattern("p/\(number)", match: "error \(number)\\b", hit: "error \(number)") }
    let log = (0..<170).map { "line \($0) error \($0 % 17)" }.joined(separator: "\n")
    for number in 0..<60 { try folder.write(log + "\n\(number)", to: "\(number).log") }
    manifest = try folder.write(
      (0..<Self.logs).map { number in
        let commit = String(repeating: "0", count: 37) + String(number + 100)
        return #"{"file":"\#(number % 60).log","repository":"o/r","commit":"\#(commit)","job":"j"}"#
      }.joined(separator: "\n"), to: "manifest.jsonl")
  }

  /// Each has a private database of its own, with the logs and patterns in it.
  private func prepare(_ name: String) async throws -> [String: String] {
    let environment = [
      "CULPRIT_DATA": "\(folder.path)/\(name)", "CULPRIT_PATTERNS": folder.path + "/patterns", "CULPRIT_LANES": "2",
    ]
    for arguments in [["import", manifest, "--quiet"], ["patterns", "sync"]] {
      let run = try await Command.culprit(arguments, environment: environment)
      try #require(run.status == 0, "\(run.errors)")
    }
    return environment
  }

  /// Where the ledger stands.
  private struct Ledger: Equatable {
    var scanned: Int
    var findings: Int
  }

  private func look() async throws -> Ledger {
    let lease = try await cluster.acquire()
    let ledger = try await Connection.connect(lease.configuration).run { session in
      // A server does to its end what a client had sent before it was killed, and notices only then that it is gone.
      let others: SQL = """
        SELECT pg_sleep(0.01) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
        """
      while try !session.query(others).isEmpty {}
      return try session.query(
        "SELECT (SELECT count(*) FROM log WHERE lines IS NOT NULL) AS scanned, (SELECT count(*) FROM finding) AS findings"
      ).map { Ledger(scanned: try $0.decode("scanned"), findings: try $0.decode("findings")) }[0]
    }
    try await lease.release()
    return ledger
  }

  @Test(.timeLimit(.minutes(10))) func killsEndInTheFindingsOfARunWithoutAny() async throws {
    let whole = try await prepare("whole")
    #expect(try await Command.culprit(["rescan"], environment: whole).status == 0)
    let expected = try await Command.culprit(["export", "findings"], environment: whole).output
    #expect(!expected.isEmpty)

    let environment = try await prepare("killed")
    // It stays when nobody uses it, so that more of the time is scanning.
    _ = try await cluster.keep()
    var before = try await look()
    // Findings per log; 17 kinds of line take turns.
    let each = expected.split(separator: "\n").count / Self.logs
    var random = SeededDelays(seed: 20_261)
    // Microseconds until the kill, at most. It adapts to the machine, so that kills come from before the first log is recorded to
    // some way behind it.
    var most = 150_000
    var (serverKills, resumes, ends) = (0, 0, 0)
    for kill in 0..<Self.kills {
      if before.scanned == Self.logs {
        // All was done before the kills were: from the beginning, in other pairs of the same.
        ends += 1
        try await forgetAll()
        before = try await look()
      }
      let rescan = try Command.start(["rescan", "--quiet"], environment: environment)
      // The moment is what is random here; nothing is waited for.
      try await Task.sleep(for: .microseconds(random.next(below: most)))
      if kill % 5 == 4, case .running(let process, _, _) = try await cluster.status() {
        Foundation.kill(process, SIGKILL)
        serverKills += 1
        let ended = try await Command.finish(rescan)
        // It may have been done by then; else it is an error of one line and a hint, and no crash.
        #expect(ended.status == 0 || ended.status == 2, "\(ended.status) \(ended.errors)")
      } else {
        Foundation.kill(rescan.processIdentifier, SIGKILL)
        _ = try await Command.finish(rescan)
      }
      let after = try await look()
      #expect(after.scanned >= before.scanned)
      #expect(after.findings == after.scanned * each)
      if after.scanned > before.scanned, before.scanned > 0 { resumes += 1 }
      // A kill that comes before anything is recorded proves less than one in the middle.
      most = after.scanned == before.scanned ? min(most * 3 / 2, 1_500_000) : max(most * 4 / 5, 150_000)
      before = after
    }
    let last = try #require(try await Command.culprit(["rescan", "--format", "json"], environment: environment).json().last)
    #expect(last["pairs"] as? Int == (Self.logs - before.scanned) * Self.patterns)
    #expect(try await Command.culprit(["export", "findings"], environment: environment).output == expected)
    #expect(serverKills > 0 && resumes > 0)
    try await cluster.stop()
    #expect(try await cluster.status() == .stopped)
    print("\(Self.kills) kills, \(serverKills) of them of the server; \(resumes) resumed, \(ends) times to the end")
  }

  /// Makes every pair due again.
  private func forgetAll() async throws {
    let lease = try await cluster.acquire()
    try await Connection.connect(lease.configuration).run { session in
      try session.executeScript(
        """
        DELETE FROM finding;
        UPDATE log SET lines = NULL, tried_set_id = (SELECT id FROM tried_set WHERE isempty(members) LIMIT 1);
        """, name: "forget")
    }
    try await lease.release()
  }

  /// SplitMix64, by Sebastiano Vigna.
  private struct SeededDelays {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
  }
}
