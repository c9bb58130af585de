import Analysis
import Model
import Testing

/// The verdict on one build; docs/verdicts.md.
@Suite struct BuildVerdictTests {
  private static let today = CalendarDay("2027-01-10")!

  private func rank(
    _ id: String, _ verdict: PatternVerdict, priority: Int = 50, fallback: Bool = false, reviewBy: String? = nil,
    suspicion: String? = nil
  ) -> PatternRank {
    PatternRank(
      id: PatternID(id), verdict: verdict, priority: priority, fallback: fallback, reviewBy: reviewBy.flatMap { CalendarDay($0) },
      suspicion: suspicion)
  }

  private func found(_ rank: PatternRank, line: Int = 1, group: String = "x") -> FindingEvidence {
    FindingEvidence(rank: rank, group: group, line: line)
  }

  private func judge(
    _ findings: [FindingEvidence], state: FetchState = .stored, scanned: Bool = true, inconclusive: [PatternRank] = [],
    base: BuildEvidence.BaseEvidence? = nil, known: BuildEvidence.KnownProblemEvidence? = nil,
    overrule: BuildEvidence.Overrule? = nil
  ) -> BuildVerdict {
    let log = BuildEvidence.LogEvidence(state: state, isScanned: scanned, inconclusive: inconclusive, findings: findings)
    let build = BuildEvidence(
      job: "linux", outcome: .failure, logs: [log], base: base, knownProblems: known.map { [$0] } ?? [], overrule: overrule)
    return BuildVerdict.of(build, today: Self.today)
  }

  @Test func theBestFindingsPatternDecides() {
    #expect(judge([found(rank("a", .failure))]).kind == .new)
    #expect(judge([found(rank("a", .flaky))]).kind == .flaky)
    #expect(judge([found(rank("a", .infrastructure))]).kind == .infrastructure)
    #expect(judge([found(rank("a", .known))]).kind == .known)
    #expect(judge([]).kind == .unknown)
    #expect(judge([found(rank("a", .flaky, fallback: true))]).kind == .unknown)
  }

  @Test func theBestFindingIsChosenInTheOrderOfTheRules() {
    func best(_ findings: [FindingEvidence]) -> String? {
      let verdict = judge(findings)
      // Whatever the order in which they come.
      #expect(judge(findings.reversed()).best?.finding.rank.id == verdict.best?.finding.rank.id)
      return verdict.best?.finding.rank.id.rawValue
    }
    #expect(best([found(rank("a", .flaky, priority: 1)), found(rank("b", .failure, priority: 100, fallback: true))]) == "a")
    #expect(best([found(rank("a", .failure, priority: 49), line: 9), found(rank("b", .flaky))]) == "b")
    #expect(best([found(rank("a", .flaky), line: 9), found(rank("b", .failure))]) == "b", "where they tie, the failure wins")
    #expect(best([found(rank("a", .flaky), line: 2), found(rank("b", .infrastructure), line: 3)]) == "b")
    #expect(best([found(rank("b", .flaky), line: 2), found(rank("a", .flaky), line: 2)]) == "a")
    #expect(
      best([found(rank("b", .flaky, reviewBy: "2027-01-10")), found(rank("a", .flaky), line: 9)]) == "b",
      "an excuse that is past its review counts as none")
  }

  @Test func suspectPatternsExcuseNothing() {
    let why = "found in 9 of 40 passing builds"
    for verdict in [PatternVerdict.flaky, .infrastructure, .known] {
      let judged = judge([found(rank("a", verdict, suspicion: why))])
      #expect(judged.kind == .new)
      #expect(judged.why == "a excuses nothing since it is suspect: \(why)")
    }
    // A base that says the same doesn't excuse either: so do builds that pass.
    let base = BuildEvidence.BaseEvidence(
      commit: "b", failures: [Failure(pattern: PatternID("a"), group: "g"), Failure(pattern: PatternID("f"), group: "g")])
    #expect(judge([found(rank("a", .flaky, suspicion: why), group: "g")], base: base).kind == .new)
    #expect(judge([found(rank("f", .failure, suspicion: why), group: "g")], base: base).kind == .new)
    #expect(judge([found(rank("f", .failure), group: "g")], base: base).kind == .upstream)
    // Where it ties with an excuse that is believed, it decides.
    #expect(judge([found(rank("a", .flaky, suspicion: why)), found(rank("b", .flaky), line: 9)]).kind == .new)
  }

  @Test func excusesEndOnTheirDayOfReview() {
    #expect(judge([found(rank("a", .flaky, reviewBy: "2027-01-11"))]).kind == .flaky)
    #expect(judge([found(rank("a", .flaky, reviewBy: "2027-01-10"))]).kind == .new)
    #expect(judge([found(rank("a", .known, reviewBy: "2020-01-01"))]).kind == .new)
  }

  @Test func whatIsNotReadExcusesNothing() {
    let flaky = found(rank("a", .flaky))
    for state in [FetchState.gone, .failed, .tooLarge] {
      #expect(judge([flaky], state: state).kind == .unread)
      #expect(!judge([flaky], state: state).isWaiting)
    }
    #expect(judge([], state: .pending).isWaiting)
    #expect(judge([flaky], scanned: false).kind == .unread)
    #expect(judge([flaky], scanned: false).isWaiting)
    #expect(judge([found(rank("a", .failure))], state: .tooLarge).kind == .new, "a failure needs no more")
    let none = BuildVerdict.of(BuildEvidence(job: "j", outcome: .failure), today: Self.today)
    #expect(none.kind == .unread)
    #expect(!none.isWaiting)
  }

  @Test func anInconclusivePatternCountsIfItCouldHaveMadeTheVerdictWorse() {
    let flaky = found(rank("a", .flaky))
    #expect(judge([flaky], inconclusive: [rank("x", .failure)]).kind == .unread)
    #expect(judge([flaky], inconclusive: [rank("x", .failure, priority: 49)]).kind == .flaky)
    #expect(judge([flaky], inconclusive: [rank("x", .failure, priority: 99, fallback: true)]).kind == .flaky)
    #expect(judge([flaky], inconclusive: [rank("x", .flaky, priority: 99)]).kind == .flaky)
    #expect(judge([flaky], inconclusive: [rank("x", .flaky, priority: 99, reviewBy: "2020-01-01")]).kind == .unread)
    #expect(judge([], inconclusive: [rank("x", .flaky)]).kind == .unread)
    #expect(judge([found(rank("a", .failure))], inconclusive: [rank("x", .failure, priority: 99)]).kind == .new)
  }

  @Test func knownAndUpstreamComeBeforeNew() {
    let failure = found(rank("a", .failure), group: "test_x")
    let base = BuildEvidence.BaseEvidence(commit: "b", failures: [Failure(pattern: PatternID("a"), group: "test_x")])
    #expect(judge([failure], base: base).kind == .upstream)
    #expect(judge([found(rank("a", .failure), group: "test_y")], base: base).kind == .new)
    #expect(judge([], base: base).kind == .unknown)
    let known = BuildEvidence.KnownProblemEvidence(reason: "the mirror is down")
    #expect(judge([failure], base: base, known: known).kind == .known)
    #expect(judge([], known: known).kind == .known)
    #expect(judge([], state: .gone, known: known).kind == .unread)
    let limited = BuildEvidence.KnownProblemEvidence(reason: "flood", patterns: [PatternID("b")])
    #expect(judge([failure], known: limited).kind == .new)
  }

  /// What excuses a failure excuses nothing that may have failed beside it.
  @Test func nothingExcusesWhatIsKnownInPart() {
    let failure = found(rank("a", .failure))
    let base = BuildEvidence.BaseEvidence(commit: "b", failures: [Failure(pattern: PatternID("a"), group: "x")])
    let known = BuildEvidence.KnownProblemEvidence(reason: "the mirror is down")
    for state in [FetchState.gone, .failed, .tooLarge] {
      #expect(judge([failure], state: state, base: base).kind == .new)
      #expect(judge([failure], state: state, known: known).kind == .new)
    }
    #expect(judge([failure], inconclusive: [rank("x", .failure)], base: base, known: known).kind == .new)
    #expect(judge([failure], inconclusive: [rank("x", .failure, priority: 49)], base: base).kind == .upstream)
  }

  @Test func aPersonsWordStands() {
    let overrule = BuildEvidence.Overrule(kind: .flaky, who: "ann", reason: "seen on main")
    let verdict = judge([found(rank("a", .failure))], overrule: overrule)
    #expect(verdict.kind == .flaky)
    #expect(verdict.why == "ann says so: seen on main")
  }
}

/// A commit's status and its exact words.
@Suite struct CommitVerdictTests {
  private static let today = CalendarDay("2027-01-10")!

  private func build(
    _ job: String, _ kind: BuildKind?, attempt: Int = 1, run: String = "", waiting: Bool = false
  ) -> BuildEvidence {
    guard let kind else { return BuildEvidence(job: job, attempt: attempt, run: run, outcome: .success) }
    var log = BuildEvidence.LogEvidence()
    func found(_ verdict: PatternVerdict) -> [FindingEvidence] {
      [FindingEvidence(rank: PatternRank(id: PatternID("p"), verdict: verdict), group: "x", line: 1)]
    }
    var base: BuildEvidence.BaseEvidence?
    switch kind {
    case .new: log.findings = found(.failure)
    case .unknown: break
    case .unread: log.state = waiting ? .pending : .gone
    case .flaky: log.findings = found(.flaky)
    case .infrastructure: log.findings = found(.infrastructure)
    case .known: log.findings = found(.known)
    case .upstream:
      log.findings = found(.failure)
      base = BuildEvidence.BaseEvidence(commit: "b", failures: [Failure(pattern: PatternID("p"), group: "x")])
    }
    return BuildEvidence(job: job, attempt: attempt, run: run, outcome: .failure, logs: [log], base: base)
  }

  private func judge(_ kinds: [BuildKind]) -> CommitVerdict {
    CommitVerdict.of(kinds.enumerated().map { build("job\($0.offset)", $0.element) }, today: Self.today)
  }

  @Test(
    arguments: [
      ([], "No failures"),
      ([.flaky], "1 failure, not new: flaky"),
      ([.known], "1 failure, not new: known problem"),
      ([.flaky, .flaky, .known], "3 failures, none of them new: 2 flaky, 1 known problem"),
      ([.known, .known], "2 failures, none of them new: 2 known problems"),
      ([.new], "1 of 1 failure needs attention: new"),
      ([.unread], "1 of 1 failure needs attention: unread"),
      ([.new, .unknown, .flaky, .flaky, .upstream], "2 of 5 failures need attention: 1 new, 1 unknown (2 flaky, 1 upstream)"),
      ([.new, .flaky], "1 of 2 failures needs attention: 1 new (1 flaky)"),
      ([.new, .new], "2 of 2 failures need attention: 2 new"),
      (
        [.unread, .unknown, .new, .upstream, .known, .infrastructure, .flaky],
        "3 of 7 failures need attention: 1 new, 1 unknown, 1 unread (1 flaky, 1 infrastructure, 1 known problem, 1 upstream)"
      ),
    ] as [([BuildKind], String)])
  func theWordsAreExact(_ kinds: [BuildKind], _ text: String) {
    let verdict = judge(kinds)
    #expect(verdict.text == text)
    #expect(verdict.text.count <= CommitVerdict.longestText)
    #expect(verdict.state == (kinds.allSatisfy(\.isExcused) ? .success : .failure))
  }

  @Test func manyOfEachKindStillFit() {
    let kinds = BuildKind.allCases.flatMap { Array(repeating: $0, count: 1_234) }
    #expect(judge(kinds).text.count <= CommitVerdict.longestText)
  }

  @Test func whatIsNotReadYetIsPending() {
    let one = CommitVerdict.of([build("a", .unread, waiting: true)], today: Self.today)
    #expect(one.state == .pending)
    #expect(one.text == "Reading 1 failed build")
    let three = CommitVerdict.of((0..<3).map { build("\($0)", .unread, waiting: true) }, today: Self.today)
    #expect(three.text == "Reading 3 failed builds")
    let some = CommitVerdict.of([build("a", .unread, waiting: true), build("b", .flaky)], today: Self.today)
    #expect(some.state == .pending)
    #expect(some.text == "1 of 2 failures needs attention: 1 unread (1 flaky)")
  }

  @Test func onlyTheLastAttemptOfAJobCounts() {
    let passed = CommitVerdict.of([build("a", .new), build("a", nil, attempt: 2), build("b", .flaky)], today: Self.today)
    #expect(passed.text == "1 failure, not new: flaky")
    #expect(passed.confirmedFlaky.map(\.job) == ["a"])
    let failed = CommitVerdict.of([build("a", .flaky), build("a", .new, attempt: 2)], today: Self.today)
    #expect(failed.text == "1 of 1 failure needs attention: new")
    #expect(failed.confirmedFlaky.isEmpty)
    let all = CommitVerdict.of([build("a", .new), build("a", nil, attempt: 2)], today: Self.today)
    #expect(all.text == "No failures")
    #expect(all.state == .success)
  }

  /// Whichever came first; only in words, as both are excused, and what is the change's own stays so.
  @Test func whatPassedInAnotherAttemptIsFlaky() {
    let trouble = [build("a", nil), build("a", .infrastructure, attempt: 2)]
    #expect(CommitVerdict.of(trouble, today: Self.today).text == "1 failure, not new: flaky")
    let elsewhere = [build("a", nil, run: "push"), build("a", .infrastructure, run: "request")]
    #expect(CommitVerdict.of(elsewhere, today: Self.today).text == "1 failure, not new: infrastructure")
    let own = [build("a", nil), build("a", .new, attempt: 2)]
    #expect(CommitVerdict.of(own, today: Self.today).text == "1 of 1 failure needs attention: new")
  }

  /// A push and a pull request run other code on the same commit.
  @Test func anAttemptOfAnotherRunReplacesNothing() {
    let two = [build("a", .new, run: "push"), build("a", nil, attempt: 2, run: "push"), build("a", .new, run: "request")]
    let verdict = CommitVerdict.of(two, today: Self.today)
    #expect(verdict.text == "1 of 1 failure needs attention: new")
    #expect(verdict.confirmedFlaky.count == 1)
  }

  @Test func aCanceledRerunReplacesNothing() {
    let canceled = BuildEvidence(job: "a", attempt: 2, outcome: .canceled)
    #expect(CommitVerdict.of([build("a", .new), canceled], today: Self.today).text == "1 of 1 failure needs attention: new")
  }
}
