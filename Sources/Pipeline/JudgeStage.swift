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
  }

  /// - Throws: `StoreError.noSuchCommit`, `.ambiguousCommit`, `PostgresError`.
  package func judge(commit: String, repository: String?, today: CalendarDay) async throws -> Judged {
    let facts = try await store.facts(ofCommit: commit, repository: repository)
    return Judged(
      commit: facts.commit, repository: facts.repository,
      verdict: CommitVerdict.of(facts.builds.map(Self.evidence), today: today))
  }

  static func evidence(_ facts: Store.BuildFacts) -> BuildEvidence {
    BuildEvidence(
      provider: facts.build.provider, workflow: facts.build.workflow, job: facts.build.job, attempt: facts.build.attempt,
      outcome: facts.build.outcome,
      logs: facts.logs.map { log in
        BuildEvidence.LogEvidence(
          step: log.step, state: log.state, isScanned: log.isScanned, inconclusive: log.inconclusive.map(rank),
          findings: log.findings.map { found in
            FindingEvidence(
              rank: rank(found.pattern),
              title: TitleTemplate.render(found.pattern.title, captures: found.finding.captures),
              group: GroupKey.of(found.finding, groupBy: found.pattern.groupBy), line: found.finding.line,
              text: found.finding.text)
          })
      })
  }

  private static func rank(_ facts: Store.PatternFacts) -> PatternRank {
    PatternRank(
      id: facts.id, verdict: facts.verdict, priority: facts.priority, fallback: facts.fallback, reviewBy: facts.reviewBy)
  }
}
