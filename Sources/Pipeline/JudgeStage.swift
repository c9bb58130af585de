import Analysis
import Model
import Store

/// From what the database knows of a commit to its verdict.
package struct JudgeStage: Sendable {
  private let store: Store

  package init(store: Store) { self.store = store }

  package struct Judged: Sendable {
    package let commit: String
    package let repository: String
    package let verdict: CommitVerdict
    /// The builds that count, as the verdict has them.
    package let builds: [(id: Int64, build: Build, verdict: BuildVerdict)]

    fileprivate init(_ facts: Store.CommitFacts, _ verdict: CommitVerdict) {
      (commit, repository, self.verdict) = (facts.commit, facts.repository, verdict)
      let known = Dictionary(facts.builds.map { ($0.id, $0.build) }) { first, _ in first }
      builds = verdict.builds.compactMap { evidence, verdict in known[evidence.id].map { (evidence.id, $0, verdict) } }
    }
  }

  /// - Throws: `StoreError.noSuchCommit`, `.ambiguousCommit`, `PostgresError`.
  package func judge(commit: String, repository: String?, today: CalendarDay) async throws -> Judged {
    let facts = try await store.facts(ofCommit: commit, repository: repository)
    let verdict = Self.verdict(of: facts, today: today)
    guard verdict.state == .pending, let trouble = try await trouble(of: facts) else { return Judged(facts, verdict) }
    return Judged(facts, verdict.whileUnable(trouble))
  }

  /// What keeps Culprit itself from reading what waits to be read; nil: nothing, and it is only a matter of time.
  private func trouble(of facts: Store.CommitFacts) async throws -> String? {
    let obstacles = try await store.obstacles(
      to: Store.CommitName(repository: facts.repository, commit: facts.commit))
    if let provider = obstacles.refusedBy { return "\(provider) does not let it read the logs" }
    return obstacles.hasPatterns ? nil : "it has no patterns"
  }

  /// For who has the facts already, and needs more of them than the verdict.
  package static func verdict(of facts: Store.CommitFacts, today: CalendarDay) -> CommitVerdict {
    CommitVerdict.of(facts.builds.map { evidence($0, of: facts, today: today) }, today: today)
  }

  /// The verdict on one of the builds, whatever became of later attempts.
  static func verdict(on build: Store.BuildFacts, of commit: Store.CommitFacts, today: CalendarDay) -> BuildVerdict {
    BuildVerdict.of(
      evidence(build, of: commit, today: today),
      passedOnRetry: commit.builds.contains { $0.build.outcome == .success && $0.build.isSameJob(as: build.build) }, today: today)
  }

  private static func evidence(_ facts: Store.BuildFacts, of commit: Store.CommitFacts, today: CalendarDay) -> BuildEvidence {
    let problems = commit.knownProblems.filter {
      $0.covers(facts.build, targets: commit.targets, ancestors: commit.ancestors)
    }
    var evidence = evidence(facts)
    evidence.base = facts.base.flatMap { base in
      BuildEvidence.BaseEvidence.of(base.builds.map(Self.evidence), commit: base.commit, today: today)
    }
    evidence.knownProblems = problems.map { .init(reason: $0.reason, patterns: Set($0.patterns)) }
    return evidence
  }

  /// A build by itself.
  private static func evidence(_ facts: Store.BuildFacts) -> BuildEvidence {
    BuildEvidence(
      id: facts.id, provider: facts.build.provider, workflow: facts.build.workflow, job: facts.build.job,
      attempt: facts.build.attempt, run: facts.build.run, outcome: facts.build.outcome, url: facts.build.url,
      listing: listing(facts.listing.state), logs: facts.logs.map(evidence),
      overrule: facts.overrule.map { .init(kind: $0.kind, who: $0.who, reason: $0.reason) })
  }

  /// What was found in a build's logs.
  static func logs(of facts: Store.BuildFacts) -> [BuildEvidence.LogEvidence] { facts.logs.map(evidence) }

  private static func evidence(_ log: Store.LogFacts) -> BuildEvidence.LogEvidence {
    BuildEvidence.LogEvidence(
      step: log.step, state: log.state, isScanned: log.isScanned, inconclusive: log.inconclusive.map(rank),
      findings: log.findings.map { found in
        FindingEvidence(
          rank: rank(found.pattern), title: TitleTemplate.render(found.pattern.title, captures: found.finding.captures),
          group: GroupKey.of(found.finding, groupBy: found.pattern.groupBy), line: found.finding.line, text: found.finding.text,
          remedy: found.pattern.remedy, source: FindingEvidence.SourcePlace(found.finding))
      }, overflowing: log.overflowing)
  }

  private static func listing(_ state: Store.ListingFacts.State) -> BuildEvidence.Listing {
    switch state {
    case .pending: .pending
    case .listed: .listed
    case .gone: .gone
    case .failed: .failed
    }
  }

  private static func rank(_ facts: Store.PatternFacts) -> PatternRank {
    PatternRank(
      id: facts.id, verdict: facts.verdict, priority: facts.priority, fallback: facts.fallback, reviewBy: facts.reviewBy,
      suspicion: facts.suspicion)
  }
}
