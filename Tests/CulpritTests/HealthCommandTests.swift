import Foundation
import Testing
import TestSupport

/// `patterns stats`, `patterns trust` and `wrong`, run as users run them.
@Suite struct HealthCommandTests {
  @Test func aPatternThatLiesIsToldAndTrustedAgain() async throws {
    let folder = try ScratchFolder()
    try folder.pattern("net/retry", match: "retrying", hit: "retrying", verdict: "flaky")
    try folder.pattern("build/never", match: "never seen", hit: "never seen")
    let commit = String(repeating: "a", count: 40)
    var manifest = [#"{"file":"failed.log","repository":"acme/engine","commit":"\#(commit)","job":"linux"}"#]
    try folder.write("retrying\nboom\n", to: "logs/failed.log")
    for number in 1...20 {
      try folder.write("retrying \(number)\n", to: "logs/\(number).log")
      manifest.append(
        #"{"file":"\#(number).log","repository":"acme/engine","commit":"\#(String(repeating: "b", count: 40))","job":"job \#(number)","outcome":"success"}"#
      )
    }
    let entries = try folder.write(manifest.joined(separator: "\n"), to: "logs/manifest.jsonl")
    try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns", "USER": "ada",
      ]
      func run(_ arguments: String...) async throws -> Command { try await Command.culprit(arguments, environment: variables) }
      for step in [["import", entries], ["patterns", "sync"], ["rescan"]] {
        #expect(try await Command.culprit(step, environment: variables).status == 0)
      }
      let text = try await run("patterns", "stats").output
      #expect(text.hasPrefix("2 patterns, 1 of them with findings; tried on 20 sampled passing builds\n"))
      #expect(text.contains("found in 20 of 20 passing builds"))
      #expect(text.contains("NEVER FOUND (1)\n  build/never\n"))
      let json = try await run("patterns", "stats", "--format", "json").json()
      #expect(json.map { $0["id"] as? String } == ["build/never", "net/retry"])
      #expect(json[1]["suspect"] as? Bool == true)
      #expect((json[1]["passing"] as? [String: Any])?["hit"] as? Int == 20)
      #expect(try await run("status", commit, "--format", "json").output.contains("excuses nothing since it is suspect"))

      let wrong = try await run("wrong", commit, "linux", "--reason", "it was our change")
      #expect(wrong.status == 0 && wrong.output.contains("linux of aaaaaaaaaaaa is not new, which rests on net/retry"), "\(wrong)")
      let show = try await run("patterns", "show", "net/retry").output
      #expect(show.contains("20 of 20 sampled (100.0 %)"))
      #expect(show.contains("it was our change"))
      #expect(try await run("wrong", commit, "linux", "--withdraw").status == 0)
      #expect(try await run("wrong", commit, "linux", "--withdraw").status == 2, "there is none any more")
      #expect([2, 64].contains(try await run("wrong", commit, "linux").status))

      #expect(try await run("patterns", "trust", "net/retry", "--reason", "known to be harmless").status == 0)
      #expect(try await run("status", commit, "--format", "json").output.contains("net/retry is flaky"))
      #expect(try await run("patterns", "show", "net/retry").output.contains("known to be harmless"))
      #expect(try await run("patterns", "trust", "net/retry", "--reason", "again").errors.contains("is not suspect"))
    }
  }

  @Test func errorsCannotWriteToTheTerminal() async throws {
    let run = try await Command.culprit(["patterns", "explain", "a\u{1B}[2Jb"])
    #expect(run.status == 2)
    #expect(run.errors.contains("a\\u{1b}[2Jb") && !run.errors.contains("\u{1B}"))
  }

  @Test func settingsInPercentAreChecked() async throws {
    let folder = try ScratchFolder()
    for bad in ["-1", "101", "few"] {
      let run = try await Command.culprit(
        ["doctor"], environment: ["CULPRIT_SAMPLE_PASSING": bad, "CULPRIT_DATA": folder.path + "/data"])
      #expect(run.status == 2)
      #expect(run.errors.contains("percent"))
    }
  }
}
