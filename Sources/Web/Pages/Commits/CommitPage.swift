import Analysis
import LogArchive
import Model
import Pipeline
import Store

/// One commit: its verdict, and why.
enum CommitPage {
  /// Builds whose telling line is shown with the lines around it.
  private static let mostInContext = 12
  private static let linesAround = 3
  /// Characters of a line of the context.
  private static let longestLine = 400

  static let page = Page<CommitReport>(
    path: "commits/:sha", summary: "A commit's verdict, and what it rests on.",
    parameters: [
      .path("sha", .text(most: 64), "The commit, or at least four of its first digits."),
      .query("repository", .name, "`owner/name` of the repository, where several have the commit."),
    ],
    load: load,
    view: { commit, input in
      Page.View("commit", title: "\(commit.commit.prefix(10)): \(commit.text)", CommitView(commit, input))
    })

  private static func load(_ input: PageInput) async throws -> CommitReport {
    let store = input.backend.store
    let facts = try await store.facts(ofCommit: input.text("sha")?.lowercased() ?? "", repository: input.text("repository"))
    let verdict = JudgeStage.verdict(of: facts, today: input.today)
    let failed = verdict.builds.compactMap { evidence, verdict in
      facts.builds.last { Self.isSame($0, evidence) }.map {
        // What nothing explains has a telling line still, if a fallback was found.
        (facts: $0, verdict: verdict, best: verdict.best ?? BestFinding.of(evidence.logs, today: input.today))
      }
    }.sorted { left, right in
      BuildKind.allCases.firstIndex(of: left.verdict.kind)! < BuildKind.allCases.firstIndex(of: right.verdict.kind)!
    }
    let logs = failed.compactMap { tellingLog($0.facts, $0.best) }
    let digests = try await store.digests(ofLogs: logs)
    let revisions = try await store.revisionNumbers(of: failed.compactMap { $0.best?.finding.rank.id })
    let reruns = try await store.reruns(of: failed.map(\.facts.id))
    var builds: [CommitReport.FailedBuild] = []
    for (place, build) in failed.enumerated() {
      let telling = try await telling(
        build.facts, build.best, digests, revisions, inContext: place < mostInContext, input)
      builds.append(value(build.facts, build.verdict, telling, reruns[build.facts.id]))
    }
    let posts = try await store.posts(
      on: Store.CommitName(repository: facts.repository, commit: facts.commit), most: 50
    ).map { post in
      CommitReport.Posted(
        kind: post.kind.rawValue, state: post.state, text: post.text, phase: post.phase.rawValue, answer: post.answer, at: post.at)
    }
    let last = facts.builds.last?.build
    return CommitReport(
      repository: facts.repository, commit: facts.commit, branch: last?.branch ?? "", pullRequest: last?.pullRequest,
      state: verdict.state.rawValue, text: verdict.text,
      posted: posts.first { $0.kind == Store.Post.Kind.status.rawValue && $0.phase != Store.Post.Phase.refused.rawValue },
      builds: builds,
      passedOnRetry: verdict.confirmedFlaky.compactMap { evidence in
        facts.builds.last { isSame($0, evidence) }.map {
          .init(id: $0.id, workflow: optional($0.build.workflow), job: $0.build.job, attempt: $0.build.attempt)
        }
      },
      buildCount: facts.builds.count, posts: posts)
  }

  private static func isSame(_ facts: Store.BuildFacts, _ evidence: BuildEvidence) -> Bool {
    let build = facts.build
    return build.outcome.isFailure && build.provider == evidence.provider && build.workflow == evidence.workflow
      && build.job == evidence.job && build.attempt == evidence.attempt
  }

  private static func optional(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func value(
    _ facts: Store.BuildFacts, _ verdict: BuildVerdict, _ telling: CommitReport.Telling?, _ rerun: Store.RerunRecord?
  ) -> CommitReport.FailedBuild {
    let build = facts.build
    return .init(
      id: facts.id, provider: build.provider, workflow: optional(build.workflow), job: build.job, attempt: build.attempt,
      url: build.url, kind: verdict.kind.rawValue, isExcused: verdict.kind.isExcused, why: verdict.why, telling: telling,
      overrule: facts.overrule.map { .init(kind: $0.kind.rawValue, who: $0.who, reason: $0.reason) },
      rerun: rerun.map { .init(who: $0.who, phase: $0.phase, answer: $0.answer, at: $0.at) })
  }

  private static func tellingLog(_ facts: Store.BuildFacts, _ best: BestFinding?) -> Int64? {
    best.flatMap { best in facts.logs.first { $0.step == best.step }?.id }
  }

  private static func telling(
    _ facts: Store.BuildFacts, _ best: BestFinding?, _ digests: [Int64: [UInt8]], _ revisions: [PatternID: Int],
    inContext: Bool, _ input: PageInput
  ) async throws -> CommitReport.Telling? {
    guard let best, let log = tellingLog(facts, best) else { return nil }
    let finding = best.finding
    var context: [CommitReport.Line] = []
    if inContext, let digest = digests[log] { context = try await self.context(of: digest, around: finding.line, input) }
    return .init(
      pattern: finding.rank.id.rawValue, revision: revisions[finding.rank.id], title: finding.title,
      verdict: finding.rank.verdict.rawValue, remedy: finding.remedy, log: log, step: optional(best.step), line: finding.line,
      text: finding.text, context: context)
  }

  private static func context(of digest: [UInt8], around line: Int, _ input: PageInput) async throws -> [CommitReport.Line] {
    var request = LogWindow.Request(lines: max(1, line - linesAround)...line + linesAround)
    request.segmentBytes = 4 * longestLine
    request.linesBefore = 0
    do {
      return try await input.backend.viewer.window(of: digest, request).lines.map { line in
        .init(number: line.number, text: String((line.segments.last?.text ?? "").prefix(longestLine)))
      }
    } catch is ArchiveError {
      // The line itself is told; what is around it can't be had.
      return []
    }
  }
}
