import Analysis
import Model
import Testing

/// What a base that fails, too, excuses; docs/verdicts.md#upstream.
@Suite struct BaseEvidenceTests {
  private static let today = CalendarDay("2027-01-10")!
  private static let failure = PatternRank(id: PatternID("f"), verdict: .failure)
  private static let other = PatternRank(id: PatternID("o"), verdict: .failure)

  private static func found(_ rank: PatternRank = failure, _ group: String = "test_x", line: Int = 1) -> FindingEvidence {
    FindingEvidence(rank: rank, group: group, line: line)
  }

  private typealias Log = BuildEvidence.LogEvidence

  private static func build(
    _ logs: [Log], attempt: Int = 1, run: String = "", outcome: Build.Outcome = .failure, listing: BuildEvidence.Listing = .listed
  ) -> BuildEvidence {
    BuildEvidence(job: "linux", attempt: attempt, run: run, outcome: outcome, listing: listing, logs: logs)
  }

  /// The verdict on a build where the same job came to this at the base.
  private static func kind(_ logs: [Log] = [Log(findings: [found()])], at base: [BuildEvidence]) -> BuildKind {
    var build = build(logs)
    build.base = BuildEvidence.BaseEvidence.of(base, commit: "b", today: today)
    return BuildVerdict.of(build, today: today).kind
  }

  private static let whole = Log(findings: [found()])

  @Test func aBaseThatIsKnownAsAWholeExcuses() {
    #expect(Self.kind(at: [Self.build([Self.whole])]) == .upstream)
    #expect(Self.kind(at: [Self.build([Log(), Self.whole])]) == .upstream, "another log of it says nothing")
    #expect(Self.kind(at: [Self.build([Self.whole], outcome: .timedOut)]) == .upstream)
  }

  /// One of other tests may fail at the base.
  @Test(arguments: ["1", "3\u{1F}0", "\\N", ""]) func aNumberNamesNoFailure(_ group: String) {
    let log = Log(findings: [Self.found(Self.failure, group)])
    #expect(Self.kind([log], at: [Self.build([log])]) == .new)
  }

  /// Beside what was read there may have been something that decides.
  @Test(arguments: [
    Log(state: .tooLarge, findings: [found()]), Log(state: .gone), Log(state: .failed), Log(state: .pending),
    Log(isScanned: false, findings: [found()]), Log(inconclusive: [other], findings: [found()]),
    Log(inconclusive: [PatternRank(id: PatternID("e"), verdict: .flaky, priority: 60)], findings: [found()]),
  ])
  func aBaseThatIsNotExcusesNothing(_ log: BuildEvidence.LogEvidence) {
    var log = log
    if log.findings.isEmpty {
      #expect(Self.kind(at: [Self.build([log, Self.whole])]) == .new)
      log.findings = [Self.found()]
    }
    #expect(Self.kind(at: [Self.build([log])]) == .new)
    #expect(Self.kind(at: [Self.build([Self.whole, log])]) == .new)
  }

  @Test func aBaseWithoutItsLogsExcusesNothing() {
    #expect(Self.kind(at: []) == .new)
    #expect(Self.kind(at: [Self.build([])]) == .new)
    for listing in [BuildEvidence.Listing.pending, .gone, .failed] {
      #expect(Self.kind(at: [Self.build([Self.whole], listing: listing)]) == .new)
    }
  }

  /// A pattern that couldn't have decided is no gap.
  @Test func whatCouldNotHaveDecidedAtTheBaseMayBeInconclusive() {
    let low = PatternRank(id: PatternID("l"), verdict: .failure, priority: 49)
    let fallback = PatternRank(id: PatternID("fb"), verdict: .failure, priority: 99, fallback: true)
    #expect(Self.kind(at: [Self.build([Log(inconclusive: [low, fallback], findings: [Self.found()])])]) == .upstream)
  }

  @Test func aJobThatPassedAtTheBaseExcusesNothing() {
    let passed = Self.build([], attempt: 2, outcome: .success)
    #expect(Self.kind(at: [Self.build([Self.whole]), passed]) == .new)
    #expect(Self.kind(at: [Self.build([Self.whole], attempt: 3), passed]) == .new, "whatever came later")
    #expect(Self.kind(at: [Self.build([Self.whole], run: "1"), Self.build([], run: "2", outcome: .success)]) == .new)
  }

  @Test func ofARunAtTheBaseTheLastAttemptCounts() {
    let other = Log(findings: [Self.found(Self.other)])
    #expect(Self.kind(at: [Self.build([Self.whole]), Self.build([other], attempt: 2)]) == .new)
    #expect(Self.kind(at: [Self.build([other]), Self.build([Self.whole], attempt: 2)]) == .upstream)
    #expect(Self.kind(at: [Self.build([Self.whole], run: "1"), Self.build([other], attempt: 2, run: "2")]) == .upstream)
    #expect(Self.kind(at: [Self.build([Self.whole]), Self.build([], attempt: 2)]) == .new)
  }

  /// The last finding decides, but the change may have broken something before it.
  @Test func whatTheBaseDoesNotHaveIsNotExcused() {
    let base = [Self.build([Self.whole])]
    #expect(Self.kind([Log(findings: [Self.found(Self.failure, "test_y"), Self.found(line: 2)])], at: base) == .new)
    #expect(Self.kind([Log(findings: [Self.found(Self.other), Self.found(line: 2)])], at: base) == .new)
    #expect(Self.kind([Log(findings: [Self.found(Self.other)]), Self.whole], at: base) == .new, "in an earlier log")
    #expect(Self.kind([Log(findings: [Self.found()], overflowing: [Self.failure.id])], at: base) == .new)
    // What weighs less explains nothing where something weighs more, and an excuse is none the worse for it.
    let low = PatternRank(id: PatternID("l"), verdict: .failure, priority: 49)
    #expect(Self.kind([Log(findings: [Self.found(low), Self.found(line: 2)])], at: base) == .upstream)
    // In whatever order they come.
    let both = [Self.found(Self.failure, "test_y"), Self.found(line: 2)]
    #expect(Self.kind([Self.whole], at: [Self.build([Log(findings: both)])]) == .upstream)
    let turned = [Self.found(), Self.found(Self.failure, "test_y", line: 2)]
    #expect(Self.kind([Log(findings: both)], at: [Self.build([Log(findings: turned)])]) == .upstream)
  }

  /// Noise that every run of the job makes is found at the base, too.
  @Test func whatDoesNotDecideAtTheBaseExcusesNothing() {
    let high = PatternRank(id: PatternID("h"), verdict: .failure, priority: 60)
    #expect(Self.kind(at: [Self.build([Log(findings: [Self.found(), Self.found(high)])])]) == .new)
  }
}
