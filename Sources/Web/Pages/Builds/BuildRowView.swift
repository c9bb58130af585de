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
    label = build.kind ?? Self.outcomes[build.outcome] ?? build.outcome
    labelClass = build.kind ?? build.outcome
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
