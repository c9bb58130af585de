import Analysis
import Model

/// A commit's verdict and all that it rests on.
struct CommitReport: APIValue {
  let repository: String
  let commit: String
  let branch: String
  let pullRequest: Int?
  /// The verdict as it would be posted now.
  let state: String
  let text: String
  /// The last status that was posted; nil: none was.
  let posted: Posted?
  /// Failed builds that count, those that need attention first.
  let builds: [FailedBuild]
  /// Failed builds that a passing later attempt proved flaky.
  let passedOnRetry: [Attempt]
  /// How many builds the commit has, all attempts counted.
  let buildCount: Int
  /// What was posted, the latest first.
  let posts: [Posted]

  static let schema = Schema.object(
    "CommitReport",
    [
      "repository": .string, "commit": .string, "branch": .string, "pullRequest": .optional(.integer),
      "state": .choice(["pending", "success", "failure", "error"]), "text": .string, "posted": .optional(Posted.schema),
      "builds": .array(FailedBuild.schema), "passedOnRetry": .array(Attempt.schema), "buildCount": .integer,
      "posts": .array(Posted.schema),
    ])

  struct Posted: APIValue {
    let kind: String
    let state: String
    let text: String
    /// `sending`, `posted`, or `refused` by the code host.
    let phase: String
    let answer: String?
    let at: Double

    static let schema = Schema.object(
      "PostRecord",
      [
        "kind": .choice(["status", "check_run", "comment"]), "state": .string, "text": .string,
        "phase": .choice(["sending", "posted", "refused"]), "answer": .optional(.string), "at": .time,
      ])
  }

  struct Attempt: APIValue {
    let id: Int64
    let workflow: String?
    let job: String
    let attempt: Int

    static let schema = Schema.object(
      "RetriedBuild", ["id": .integer, "workflow": .optional(.string), "job": .string, "attempt": .integer])
  }

  struct FailedBuild: APIValue {
    let id: Int64
    let provider: String
    let workflow: String?
    let job: String
    let attempt: Int
    let url: String?
    let kind: String
    let isExcused: Bool
    /// The rule that applied, in words.
    let why: String
    let telling: Telling?
    let overrule: Overrule?
    let rerun: Rerun?

    static let schema = Schema.object(
      "FailedBuild",
      [
        "id": .integer, "provider": .string, "workflow": .optional(.string), "job": .string, "attempt": .integer,
        "url": .optional(.string), "kind": .choice(BuildKind.allCases.map(\.rawValue)), "isExcused": .boolean, "why": .string,
        "telling": .optional(Telling.schema), "overrule": .optional(Overrule.schema), "rerun": .optional(Rerun.schema),
      ])
  }

  /// That somebody wants it to be run again.
  struct Rerun: APIValue {
    let who: String
    /// `needless`: it passed meanwhile, or isn't excused any more. `unknown`: whether the request arrived.
    let phase: String
    let answer: String?
    let at: Double

    static let schema = Schema.object(
      "Rerun",
      [
        "who": .string, "phase": .choice(["pending", "sending", "sent", "refused", "needless", "unknown"]),
        "answer": .optional(.string), "at": .time,
      ])
  }

  struct Overrule: APIValue {
    let kind: String
    let who: String
    let reason: String

    static let schema = Schema.object("CommitOverrule", ["kind": .string, "who": .string, "reason": .string])
  }

  struct Telling: APIValue {
    let pattern: String
    /// The pattern's present revision, counted from 1.
    let revision: Int?
    let title: String
    let verdict: String
    let remedy: String?
    let log: Int64
    let step: String?
    let line: Int
    let text: String
    /// Some lines around it, itself among them; none where the log can't be read, or many builds failed.
    let context: [Line]

    static let schema = Schema.object(
      "TellingInContext",
      [
        "pattern": .string, "revision": .optional(.integer), "title": .string, "verdict": .string, "remedy": .optional(.string),
        "log": .integer, "step": .optional(.string), "line": .integer, "text": .string, "context": .array(Line.schema),
      ])
  }

  struct Line: APIValue {
    let number: Int
    let text: String

    static let schema = Schema.object("ContextLine", ["number": .integer, "text": .string])
  }
}
