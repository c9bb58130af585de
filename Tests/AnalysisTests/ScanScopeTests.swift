import Analysis
import Model
import Testing

@Suite struct ScanScopeTests {
  private func finds(_ scope: Scope, _ names: LogNames?) throws -> Bool {
    let program = try ScanProgram([Pattern("p", .match("x"), scope: scope)])
    return !scanText([0x78], program: program, names: names).findings.isEmpty
  }

  @Test func aPatternIsTriedWhereAllNamesMatch() throws {
    let names = LogNames([.provider: "github", .job: "test (ubuntu, 3.12)", .branch: "main"])
    #expect(try finds(Scope(), names))
    #expect(try finds(Scope([.job: "^test"]), names))
    #expect(try !finds(Scope([.job: "^ubuntu"]), names))
    #expect(try finds(Scope([.job: "ubuntu", .branch: "^main$", .provider: "git(hub|lab)"]), names))
    #expect(try !finds(Scope([.job: "ubuntu", .branch: "^release"]), names))
    #expect(try !finds(Scope([.job: "Ubuntu"]), names))
  }

  @Test func anUnknownNameIsEmpty() throws {
    #expect(try !finds(Scope([.step: "build"]), LogNames()))
    #expect(try finds(Scope([.step: "^$"]), LogNames()))
    #expect(try finds(Scope([.step: ".*"]), LogNames()))
    #expect(try !finds(Scope([.step: ".+"]), LogNames()))
  }

  @Test func withoutNamesEveryPatternIsTried() throws {
    #expect(try finds(Scope([.step: "build"]), nil))
  }

  @Test func aNameThatCannotBeDecidedAboutIsNot() throws {
    let name = String(repeating: "a", count: 40) + "b"
    #expect(try !finds(Scope([.branch: "^(a+)+$|(a+)+b"]), LogNames([.branch: name])))
  }
}
