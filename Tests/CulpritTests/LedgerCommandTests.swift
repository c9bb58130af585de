import Foundation
import Postgres
import Testing
import TestSupport

/// The commands that work on the ledger, on a real database, run as users run them.
@Suite struct LedgerCommandTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.pattern("net/reset", match: "reset by (?<who>\\w+)", hit: "reset by peer", verdict: "flaky")
    try folder.pattern("compile/error", match: "^(\\S+):\\d+: error:", hit: "a.c:3: error: no")
  }

  private static let commit = "0123456789abcdef0123456789abcdef01234567"

  /// Runs commands against a database of their own.
  private func withDatabase(_ body: (_ run: ([String]) async throws -> Command, TestDatabase) async throws -> Void) async throws {
    try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ]
      try await body({ try await Command.culprit($0, environment: variables) }, database)
    }
  }

  private func manifest(_ lines: [(file: String, job: String, attempt: Int, outcome: String)]) throws -> String {
    try folder.write(
      lines.map {
        #"{"file":"\#($0.file)","repository":"acme/engine","commit":"\#(Self.commit)","workflow":"ci","job":"\#($0.job)","attempt":\#($0.attempt),"outcome":"\#($0.outcome)","externalId":"\#($0.job)"}"#
      }.joined(separator: "\n"), to: "logs/manifest.jsonl")
  }

  @Test func twoFilesForOneLogAreRefusedBeforeAnythingIsEntered() async throws {
    try folder.write("one\n", to: "a.log")
    try folder.write("two\n", to: "b.log")
    try await withDatabase { run, _ in
      let given = [
        "import", folder.path + "/a.log", folder.path + "/b.log", "--repository", "acme/engine", "--commit", Self.commit,
      ]
      let refused = try await run(given + ["--job", "linux"])
      #expect(refused.status == 2)
      #expect(refused.errors.contains("b.log are both given as the log of job linux of commit 0123456789ab"))
      #expect(refused.errors.contains("hint: tell them apart by step, attempt or externalId"))
      #expect(try await run(["report", "--format", "json"]).json().first?["builds"] as? Int == 0)
    }
  }

  /// Such as the empty folder below a file system that isn't mounted: with it every log would look lost.
  @Test func anotherArchiveIsRefused() async throws {
    try folder.write("a.c:3: error: no\n", to: "a.log")
    try await TestDatabase.with { database in
      var variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ]
      let build = ["--repository", "acme/engine", "--commit", Self.commit, "--job", "linux"]
      let entered = try await Command.culprit(["import", folder.path + "/a.log"] + build, environment: variables)
      #expect(entered.status == 0, "\(entered.errors)")
      #expect(try await Command.culprit(["patterns", "sync"], environment: variables).status == 0)
      let id = try String(contentsOfFile: folder.path + "/data/archive/id", encoding: .utf8).filter { !$0.isNewline }

      variables["CULPRIT_ARCHIVE"] = folder.path + "/elsewhere"
      let refused = try await Command.culprit(["rescan"], environment: variables)
      #expect(refused.status == 2)
      #expect(refused.errors.contains("the archive in \(folder.path)/elsewhere isn't the one that holds this database's logs"))
      #expect(refused.errors.contains("write \(id) into its file id"))
      // A database from before archives had names.
      let connection = try await database.connect()
      _ = try await connection.run { session in try session.execute("DELETE FROM archive") }
      #expect(try await Command.culprit(["rescan"], environment: variables).errors.contains("logs: it is empty"))
      // What needs no archive asks for none.
      #expect(try await Command.culprit(["report"], environment: variables).status == 0)

      variables["CULPRIT_ARCHIVE"] = nil
      #expect(try await Command.culprit(["rescan"], environment: variables).status == 0)
      let state = try await connection.run { session in
        try session.query("SELECT fetch_state, (SELECT id FROM archive) AS archive FROM log").only()
      }
      #expect(try state.decode(String.self, "fetch_state") == "stored")
      #expect(try state.decode(String.self, "archive") == id)
    }
  }

  @Test func optionsDoNotGoWithAManifest() async throws {
    try folder.write("x\n", to: "logs/a.log")
    let manifest = try manifest([("a.log", "linux", 1, "failure")])
    let refused = try await Command.culprit(["import", manifest, "--repository", "other/one"])
    #expect(refused.status == 2)
    #expect(refused.errors.contains("manifest.jsonl: --repository doesn't go with a manifest"))
  }

  @Test func standardInputIsALogLikeAnyOther() async throws {
    try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ]
      let build = ["--repository", "acme/engine", "--commit", Self.commit, "--job", "linux"]
      let piped = Array("a.c:3: error: no\n".utf8)
      let entered = try await Command.culprit(["import", "-"] + build, environment: variables, input: piped)
      #expect(entered.output == "1 new builds, 1 new logs, 0 changed\n", "\(entered.errors)")
      #expect(try await Command.culprit(["patterns", "sync"], environment: variables).status == 0)
      #expect(try await Command.culprit(["rescan"], environment: variables).status == 0)
      #expect(
        try await Command.culprit(["export", "findings"], environment: variables).output.contains(#""text":"a.c:3: error: no""#))
    }
    #expect(try await Command.culprit(["import", "-"]).errors.contains("--repository, --commit and --job are needed"))
  }

  @Test func aWholeNameOfACommitIsNotAmbiguous() async throws {
    try folder.write("all is well\n", to: "a.log")
    try await withDatabase { run, _ in
      for commit in ["abcdef1", "abcdef12"] {
        let entered = try await run(
          ["import", folder.path + "/a.log", "--repository", "acme/engine", "--commit", commit, "--job", "linux"])
        #expect(entered.status == 0, "\(entered.errors)")
      }
      #expect(try await run(["status", "abcdef1"]).status == 0)
      #expect(try await run(["status", "abcdef"]).errors.contains("commit abcdef is ambiguous"))
    }
  }

  @Test func aBuildThatWasNotScannedToTheEndIsNotUnexplained() async throws {
    try folder.write("title: Slow\nmatch: '(a+)+$'\nverdict: failure\nexamples: {hit: [aa], miss: [b]}\n", to: "patterns/slow.yaml")
    try folder.write(String(repeating: "a", count: 60) + "b\n", to: "a.log")
    try await withDatabase { run, _ in
      _ = try await run(["patterns", "sync"])
      _ = try await run(
        ["import", folder.path + "/a.log", "--repository", "acme/engine", "--commit", Self.commit, "--job", "linux"])
      #expect(try await run(["rescan", "--format", "json"]).json().first?["inconclusive"] as? Int == 1)
      #expect(try await run(["status", Self.commit]).output.contains("1 of 1 failure needs attention: unread"))
      let report = try await run(["report", "--format", "json"]).json().first
      #expect(report?["unread"] as? Int == 1)
      #expect(report?["unexplained"] as? Int == 0)
    }
  }

  @Test func fromLogsToAVerdict() async throws {
    try folder.write("a.c:3: error: no\n", to: "logs/compile.log")
    try folder.write("reset by peer\n", to: "logs/reset.log")
    try folder.write("all is well\n", to: "logs/pass.log")
    try folder.write("what is this\n", to: "logs/odd.log")
    let manifest = try manifest([
      ("compile.log", "linux", 1, "failure"), ("reset.log", "docs", 1, "failure"), ("reset.log", "web", 1, "failure"),
      ("pass.log", "web", 2, "success"), ("odd.log", "odd", 1, "timed_out"), ("odd.log", "gone", 1, "canceled"),
    ])
    try await withDatabase { run, _ in
      #expect(try await run(["import", manifest]).output == "6 new builds, 6 new logs, 0 changed\n")
      #expect(try await run(["import", manifest]).output == "0 new builds, 0 new logs, 0 changed\n")
      #expect(try await run(["status", Self.commit]).output.contains("error: Culprit can't judge: it has no patterns"))

      let dry = try await run(["patterns", "sync", "--dry-run"])
      #expect(dry.output == "new: compile/error\nnew: net/reset\n12 pairs of log and pattern would be due\n")
      #expect(try await run(["patterns", "sync"]).output.hasSuffix("12 pairs of log and pattern are due\n"))
      #expect(try await run(["status", Self.commit]).output.contains("pending: Reading 3 failed builds"))
      #expect(try await run(["rescan", "--dry-run", "--format", "json"]).json().last?["pairs"] as? Int == 12)
      let done = try #require(try await run(["rescan", "--format", "json"]).json().last)
      #expect(done["pairs"] as? Int == 12)
      #expect(done["logs"] as? Int == 6)
      #expect(done["findings"] as? Int == 3)
      #expect(done["inconclusive"] as? Int == 0)

      let status = try #require(try await run(["status", "0123456", "--format", "json"]).json().last)
      #expect(status["state"] as? String == "failure")
      #expect(status["text"] as? String == "2 of 3 failures need attention: 1 new, 1 unknown (1 flaky)")
      let builds = try #require(status["builds"] as? [[String: Any]])
      #expect(builds.map { "\($0["job"]!) \($0["kind"]!)" } == ["docs flaky", "linux new", "odd unknown"])
      #expect(builds[1]["pattern"] as? String == "compile/error")
      #expect(builds[1]["line"] as? Int == 1)

      let report = try #require(try await run(["report", "--format", "json"]).json().last)
      #expect(report["failed"] as? Int == 4)
      #expect(report["unexplained"] as? Int == 1)
      #expect(report["passedOnRetry"] as? Int == 1)
      let causes = try #require(report["causes"] as? [[String: Any]])
      #expect(causes.map { "\($0["name"]!) \($0["builds"]!)" } == ["net/reset 2", "compile/error 1"])
      for format in ["text", "csv", "html"] {
        for grouping in ["pattern", "job", "week"] {
          #expect(try await run(["report", "--format", format, "--by", grouping]).status == 0)
        }
      }

      let exported = try await run(["export", "findings", "--format", "json"])
      #expect(exported.lines.count == 3)
      #expect(exported.lines[0].contains(#""job":"docs""#))
      #expect(try await run(["patterns", "list"]).output.contains("net/reset"))
      #expect(try await run(["patterns", "show", "net/reset"]).output.contains("failed builds"))
      #expect(try await run(["doctor"]).status == 0)
    }
  }

  @Test func aManifestIsCheckedBeforeAnythingIsEntered() async throws {
    try folder.write("x\n", to: "logs/a.log")
    let good = #"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)","job":"j"}"#
    let cases = [
      (#"{"file":"a.log""#, "this is not a JSON object"),
      (#"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)"}"#, #""job" is missing"#),
      (#"{"file":"a.log","repository":"o/r","commit":"xyz","job":"j"}"#, #""commit" must be 7 to 64 hexadecimal digits"#),
      (
        #"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)","job":"j","outcme":"x"}"#,
        #"unknown field "outcme"; did you mean "outcome"?"#
      ),
      (#"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)","job":"j","attempt":0}"#, #""attempt" must be"#),
      (#"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)","job":"j","outcome":"bad"}"#, #""outcome" is "bad""#),
      (
        #"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)","job":"j","finishedAt":"2026-02-29T00:00:00Z"}"#,
        #""finishedAt" is "2026-02-29T00:00:00Z""#
      ),
      (
        #"{"file":"a.log","repository":"o/r","commit":"\#(Self.commit)","job":"j","step":"s","branch":"dev"}"#,
        #"gives job j another "branch" than \#(folder.path)/logs/manifest.jsonl:1 gives the same build"#
      ),
      (#"{"file":"none.log","repository":"o/r","commit":"\#(Self.commit)","job":"j"}"#, "there is no file"),
    ]
    try await withDatabase { run, _ in
      for (line, message) in cases {
        let manifest = try folder.write(good + "\n" + line + "\n", to: "logs/manifest.jsonl")
        let entered = try await run(["import", manifest])
        #expect(entered.status == 2)
        #expect(entered.errors.contains("manifest.jsonl:2: ") && entered.errors.contains(message), "\(entered.errors)")
      }
      #expect(try await run(["report", "--format", "json"]).json().last?["builds"] as? Int == 0)
    }
  }

  @Test func whatIsWrongWithTheDatabaseIsOneClearLine() async throws {
    try await withDatabase { run, database in
      #expect(try await run(["migrate"]).status == 0)
      let connection = try await database.connect()
      try await connection.run { session in
        _ = try session.execute("INSERT INTO schema_migration (version, name, checksum) VALUES (999, 'future', 'x')")
      }
      let newer = try await run(["report"])
      #expect(newer.status == 2)
      #expect(newer.errors.contains("schema version 999"), "\(newer.errors)")
      #expect(newer.errors.contains("hint: "))
    }
    func wrong(_ url: String) async throws -> Command {
      try await Command.culprit(["report"], environment: ["DATABASE_URL": url, "CULPRIT_DATA": folder.path + "/data"])
    }
    let nobody = try await wrong("postgres://me:hunter2@127.0.0.1:1/none")
    #expect(nobody.status == 2)
    #expect(nobody.errors.split(separator: "\n").count <= 2)
    #expect(!nobody.errors.contains("hunter2"))
    #expect(try await wrong("postgres://[").status == 2)
  }

  @Test func aRefusalIsHintedAtByItsReason() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let role = "nologin_" + database.name
      try await connection.run { session in try session.execute("CREATE ROLE \(identifier: role) NOLOGIN") }
      var parts = try #require(URLComponents(string: try await database.url))
      let wrongs = [(role, parts.path, "check user and password"), ("culprit", "/none", "create the database")]
      for (user, path, hint) in wrongs {
        (parts.user, parts.path) = (user, path)
        let refused = try await Command.culprit(["report"], environment: ["DATABASE_URL": parts.string ?? ""])
        #expect(refused.status == 2)
        #expect(refused.errors.contains("hint: \(hint)"), "\(refused.errors)")
      }
      try await connection.run { session in try session.execute("DROP ROLE \(identifier: role)") }
    }
  }

  @Test func usageErrorsEndWithTwo() async throws {
    #expect(try await Command.culprit(["resca"]).status == 2)
    #expect(try await Command.culprit(["rescan", "--since", "yesterday"]).status == 2)
    #expect(try await Command.culprit(["status"]).status == 2)
    #expect(try await Command.culprit(["--version"]).status == 0)
    #expect(try await Command.culprit([]).output.contains("SUBCOMMANDS"))
  }

  @Test func configurationIsChecked() async throws {
    try folder.write("lanez: 3\n", to: "culprit.yaml")
    let unknown = try await Command.culprit(["doctor"], folder: folder.path)
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("culprit.yaml:1: unknown key \"lanez\""))
    #expect(unknown.errors.contains("did you mean \"lanes\"?"))
    try folder.write("lanes: many\n", to: "culprit.yaml")
    #expect(try await Command.culprit(["doctor"], folder: folder.path).errors.contains("must be a whole number"))
  }

  @Test func peopleAreLoggedOut() async throws {
    try await withDatabase { run, database in
      let nobody = try await run(["session", "list"])
      #expect(nobody.status == 0 && nobody.output.isEmpty && nobody.errors.contains("nobody is logged in"))
      let connection = try await database.connect()
      try await connection.run { session in
        try session.execute(
          """
          INSERT INTO web_session (digest, login, role, entry, expires_at)
          SELECT sha256(n::text::bytea), 'Ada', 'curator', 'acme/ci', now() + interval '1 day' FROM generate_series(1, 2) n
          """)
      }
      let listed = try await run(["session", "list"]).output.split(separator: "\n")
      #expect(listed.count == 3 && listed[1].contains("Ada") && listed[1].contains("acme/ci"))
      #expect(try await run(["session", "end", "ada"]).errors.contains("2 sessions of ada ended"))
      let again = try await run(["session", "end", "ada"])
      #expect(again.status == 2 && again.errors.contains("ada is not logged in"))
    }
  }
}
