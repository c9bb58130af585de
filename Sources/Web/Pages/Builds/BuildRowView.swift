/// A build in a table; the partial `build-row`.
struct BuildRowView: Sendable {
  let link: String
  let job: String
  let attemptText: String?
  let repository: String
  let branch: String
  let pullRequestText: String?
  let commit: String
  let commitLink: String
  let label: String
  let labelClass: String
  /// Where the commit's verdict is another kind than its own: what it tells itself, and the rule that applied.
  let itselfText: String?
  let isRetried: Bool
  let telling: String?
  let tellingLink: String?
  let tellingTitle: String?
  let patternLink: String?
  let time: String
  let ago: String

  init(_ build: BuildSummary, now: Double) {
    link = "/builds/\(build.id)"
    job = JobName.short(build.workflow, build.job)
    attemptText = build.attempt > 1 ? "attempt \(build.attempt)" : nil
    repository = build.repository
    branch = build.branch
    pullRequestText = build.pullRequest.map { "#\($0)" }
    commit = String(build.commit.prefix(10))
    commitLink = Links.commit(build.commit, of: build.repository)
    let kind = build.verdict?.kind ?? build.kind
    label = kind ?? Self.outcomes[build.outcome] ?? build.outcome
    labelClass = kind ?? build.outcome
    itselfText = build.verdict.map { "\(build.kind ?? "nothing") by itself; \($0.why.prefix(160))" }
    isRetried = build.passedOnRetry && build.kind != nil
    telling = build.telling?.text
    tellingLink = build.telling.map { Links.line($0.line, ofLog: $0.log, ofBuild: build.id) }
    tellingTitle = build.telling?.title
    patternLink = build.telling.map { "/patterns/\($0.pattern)" }
    time = Figures.time(build.at)
    ago = Figures.ago(build.at, now: now)
  }

  private static let outcomes = ["success": "passed", "failure": "failed", "timed_out": "timed out"]
}
