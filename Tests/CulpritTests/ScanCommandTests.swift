import Foundation
import Testing
import TestSupport

/// `culprit scan`, run as users and scripts run it.
@Suite struct ScanCommandTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.pattern("net/reset", match: "reset by (?<who>\\w+)", hit: "reset by peer", verdict: "flaky")
    try folder.pattern("compile/error", match: "^(\\S+):\\d+: error:", hit: "a.c:3: error: no")
  }

  private func scan(_ arguments: [String], input: String = "", environment: [String: String] = [:]) async throws -> Command {
    try await Command.culprit(
      ["scan", "--patterns", folder.path + "/patterns"] + arguments, environment: environment, input: Array(input.utf8))
  }

  @Test func theExitCodeTellsWhetherSomethingWasFound() async throws {
    #expect(try await scan([], input: "all is well\n").status == 0)
    #expect(try await scan([], input: "a.c:3: error: no\n").status == 1)
    #expect(try await scan([folder.path + "/nothing.log"]).status == 2)
    #expect(try await scan(["--format", "xml"]).status == 2)
  }

  @Test func textIsLikeGrep() async throws {
    let file = try folder.write("x\n\u{1B}[31ma.c:3: error: no\u{1B}[0m\nreset by peer\n", to: "a.log")
    let run = try await scan([file])
    #expect(
      run.lines == [
        "\(file):2: [compile/error] a.c:3: error: no", "\(file):3: [net/reset] reset by peer",
        "\(file): compile/error was found: failure, by compile/error on line 2",
      ])
    #expect(run.errors.isEmpty)
    #expect(try await scan(["--color", "always", file]).output.contains("\u{1B}[1;31mreset by peer\u{1B}[0m"))
    let plain = try await scan(["--color", "auto", file], environment: ["NO_COLOR": "1"])
    #expect(!plain.output.contains("\u{1B}"))
  }

  @Test func jsonLinesAreAContract() async throws {
    let file = try folder.write("x\r\na.c:3: error: no\n\rreset by peer\nlast", to: "a.log")
    let run = try await scan(["--format", "json", file])
    #expect(
      run.lines == [
        #"{"type":"finding","file":"\#(file)","line":2,"start":0,"end":13,"pattern":"compile/error","verdict":"failure","captures":{"1":"a.c"},"text":"a.c:3: error: no"}"#,
        #"{"type":"finding","file":"\#(file)","line":3,"segment":1,"start":0,"end":13,"pattern":"net/reset","verdict":"flaky","captures":{"1":"peer","who":"peer"},"text":"reset by peer"}"#,
        #"{"type":"file","file":"\#(file)","lines":4,"bytes":39,"findings":2,"best":{"line":2,"pattern":"compile/error"},"verdict":"failure","inconclusive":[]}"#,
      ])
  }

  @Test func workflowCommandsEscapeWhatLogsHold() async throws {
    let run = try await scan(["--format", "github"], input: "a.c:3: error: 100%: a,b\nreset by peer\n")
    #expect(
      run.lines == [
        "::error file=-,line=1,title=compile/error was found [compile/error]::a.c:3: error: 100%25: a,b",
        "::warning file=-,line=2,title=net/reset was found [net/reset]::reset by peer",
      ])
  }

  @Test func aLogCannotWriteToTheTerminal() async throws {
    let run = try await scan([], input: "a.c:3: error: \u{7}bell \u{202E}dnatsrednu\u{0} end\n")
    #expect(run.lines[0] == "-:1: [compile/error] a.c:3: error: \\u{7}bell \\u{202e}dnatsrednu\\u{0} end")
    let command = try await scan(["--format", "github"], input: "a.c:3: error: \u{7}bell \u{61C}x\n")
    #expect(command.lines[0].hasSuffix("::a.c:3: error: \\u{7}bell \\u{61c}x"))
  }

  @Test func whatIsBrokenIsToldAndTheRestIsScanned() async throws {
    let good = try folder.write("a.c:3: error: no\n", to: "logs/good.log")
    try folder.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1], to: "logs/cut.gz")
    let run = try await scan([folder.path + "/logs", folder.path + "/none"])
    #expect(run.status == 2)
    #expect(run.output.contains("\(good):1: [compile/error]"))
    #expect(run.errors.contains("cut.gz: the compressed data ends too early"))
    #expect(run.errors.contains("/none: "))
  }

  @Test func inconclusiveIsTold() async throws {
    try folder.pattern("evil/plus", match: "(a+)+$", hit: "aaa")
    let run = try await scan(["--format", "json"], input: String(repeating: "a", count: 4_000) + "b\nreset by peer\n")
    #expect(run.status == 1)
    #expect(run.output.contains(#""inconclusive":[{"pattern":"evil/plus","reason":"match-limit","line":1}]"#))
    #expect(run.output.contains("net/reset"))
  }

  @Test func aWrongPatternFileIsOneClearLine() async throws {
    try folder.write("title: x\nmatsch: 'a'\nverdict: failure\n", to: "patterns/net/wrong.yaml")
    let run = try await scan([], input: "reset by peer\n")
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("net/wrong.yaml:2: unknown field `matsch` — did you mean `match`?"))
    #expect(run.errors.contains("match"))
  }

  @Test func namesDecideWhereAPatternIsTried() async throws {
    try folder.pattern("only/linux", match: "well", hit: "well", more: "where: {job: '^linux'}")
    #expect(try await scan([], input: "well\n").status == 0)
    #expect(try await scan(["--job", "linux-gcc"], input: "well\n").status == 1)
  }

  @Test func theStarterPatternsExplainTheSamples() async throws {
    let root = TestLedger.repositoryRoot
    let run = try await Command.culprit(["scan", "--format", "json", root + "/samples/logs/gcc-compile-error.log"])
    #expect(run.status == 1)
    #expect(run.lines.last?.contains(#""best":{"line":31,"pattern":"compile/gcc-clang-error"}"#) == true)
    #expect(try await Command.culprit(["scan", root + "/samples/logs/make-passed.log"]).status == 0)
  }

  /// Which instructions are used is told and changes nothing; those that aren't there are refused by every command.
  @Test func onlyKernelsThatAreThereScan() async throws {
    let log = "reset by peer\n"
    for (name, told) in [("scalar", "; scalar kernels\n"), ("", " kernels\n")] {
      let run = try await scan(["--verbose"], input: log, environment: ["CULPRIT_SIMD": name])
      #expect(run.status == 1 && run.errors.contains(told), "\(run.errors)")
    }
    #if arch(x86_64)
      let absent = "neon"
    #else
      let absent = "avx2"
    #endif
    for name in ["sclar", "AVX2", absent] {
      for command in [["scan"], ["rescan"], ["patterns", "check"], ["work"]] {
        let run = try await Command.culprit(command, environment: ["CULPRIT_SIMD": name], input: Array(log.utf8))
        #expect(run.status == 2 && run.output.isEmpty, "\(command)")
        let told = "culprit: $CULPRIT_SIMD: this processor has no kernels called \"\(name)\"\n  hint: it must be one of scalar"
        #expect(run.errors.hasPrefix(told), "\(run.errors)")
      }
    }
  }

  /// Many logs, one large log and one that isn't there come out the same, however many threads share the work.
  @Test func lanesChangeNothing() async throws {
    for number in 0..<40 {
      let lines = (0..<number * 7).map { "\u{1B}[3\(number % 8)mline \($0)\u{1B}[0m\na.c:\($0): error: no\r\n" }
      _ = try folder.write(lines.joined() + "reset by \(number)", to: "logs/\(number).log")
    }
    let large = String(repeating: "nothing to see here, move along, move along\n", count: 50_000)
    _ = try folder.write(
      large + "reset by x\n" + large + String(repeating: "long ", count: 400_000) + "reset by y\n" + large, to: "large.log")
    let sources = [folder.path + "/logs", folder.path + "/none.log", folder.path + "/large.log", "-"]
    var runs: [Command] = []
    for lanes in ["1", "2", "7"] {
      runs.append(
        try await scan(["--format", "json"] + sources, input: "reset by stdin\n", environment: ["CULPRIT_LANES": lanes]))
    }
    #expect(runs[0].status == 2)
    #expect(runs[0].lines.count { $0.contains(#""type":"file""#) } == 42)
    #expect(runs[0].output.contains(#""line":50001,"#) && runs[0].output.contains(#""line":100002,"#))
    for run in runs.dropFirst() {
      #expect(run.output == runs[0].output)
      #expect(run.errors == runs[0].errors)
    }
  }
}
