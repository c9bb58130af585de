import Analysis
import Model
import Store

/// A build in a list.
struct BuildSummary: APIValue {
  let id: Int64
  let repository: String
  let provider: String
  let workflow: String?
  let job: String
  let attempt: Int
  let branch: String
  let pullRequest: Int?
  let commit: String
  let outcome: String
  /// When it finished, or was entered where that is unknown.
  let at: Double
  /// Of a failed build, as far as it itself tells: without known problems and without what the base failed with.
  let kind: String?
  /// What the commit's verdict says of it, with known problems and what the base failed with, where that is another kind.
  let verdict: BuildReport.Verdict?
  let telling: TellingLine?
  /// A later or earlier attempt of the same job on the same commit passed.
  let passedOnRetry: Bool

  static let schema = Schema.object(
    "BuildSummary",
    [
      "id": .integer, "repository": .string, "provider": .string, "workflow": .optional(.string), "job": .string,
      "attempt": .integer,
      "branch": .string, "pullRequest": .optional(.integer), "commit": .string,
      "outcome": .choice(Build.Outcome.allCases.map(\.rawValue)), "at": .time,
      "kind": .optional(.choice(BuildKind.allCases.map(\.rawValue))), "verdict": .optional(BuildReport.Verdict.schema),
      "telling": .optional(TellingLine.schema), "passedOnRetry": .boolean,
    ])

  /// - Parameter verdict: the commit's on it, where that was asked.
  init(_ row: Store.BuildRow, _ verdict: BuildVerdict? = nil) {
    id = row.id
    repository = row.repository
    provider = row.job.provider
    workflow = row.job.workflow.isEmpty ? nil : row.job.workflow
    job = row.job.job
    attempt = row.attempt
    branch = row.branch
    pullRequest = row.pullRequest
    commit = row.commit
    outcome = row.outcome.rawValue
    at = row.at
    kind = row.kind?.rawValue
    self.verdict = verdict.flatMap { $0.kind == row.kind ? nil : BuildReport.Verdict($0) }
    telling = row.best.map { TellingLine($0) }
    passedOnRetry = row.passedOnRetry
  }
}

/// The line that tells why a build failed.
struct TellingLine: APIValue {
  let pattern: String
  let title: String
  let verdict: String
  let log: Int64
  let line: Int
  /// The cleaned line, cut to 500 characters around the match.
  let text: String
  /// What the pattern's author says is to be done.
  let remedy: String?

  static let schema = Schema.object(
    "TellingLine",
    [
      "pattern": .string, "title": .string, "verdict": .string, "log": .integer, "line": .integer, "text": .string,
      "remedy": .optional(.string),
    ])

  init(_ best: Store.BestLine) {
    pattern = best.pattern.rawValue
    title = TitleTemplate.render(best.title, captures: best.captures)
    verdict = best.verdict.rawValue
    log = best.log
    line = best.line
    text = best.text
    remedy = best.remedy
  }
}
