import Analysis
import Model

/// One build with its logs, what was found in them, and some lines of one.
struct BuildReport: APIValue {
  let id: Int64
  let provider: String
  let repository: String
  let workflow: String?
  let job: String
  let attempt: Int
  let commit: String
  let branch: String
  let pullRequest: Int?
  let outcome: String
  let url: String?
  let finishedAt: Double?
  let enteredAt: Double
  /// Of a failed build, as far as it itself tells: without known problems and without what the base failed with.
  let kind: String?
  /// What the commit's verdict says of it now; nil where it doesn't count there.
  let verdict: Verdict?
  let telling: TellingLine?
  let passedOnRetry: Bool
  let overrule: Overrule?
  let attempts: [Attempt]
  let logs: [Log]
  /// In the log that is shown, in order; the first of them.
  let findings: [Finding]
  let inconclusive: [Inconclusive]
  /// Nil where no log can be read; `problem` says why.
  let shown: ShownLines?
  let problem: String?
  let search: Search?

  static let schema = Schema.object(
    "BuildReport",
    [
      "id": .integer, "provider": .string, "repository": .string, "workflow": .optional(.string), "job": .string,
      "attempt": .integer,
      "commit": .string, "branch": .string, "pullRequest": .optional(.integer),
      "outcome": .choice(Build.Outcome.allCases.map(\.rawValue)),
      "url": .optional(.string), "finishedAt": .optional(.time), "enteredAt": .time,
      "kind": .optional(.choice(BuildKind.allCases.map(\.rawValue))), "verdict": .optional(Verdict.schema),
      "telling": .optional(TellingLine.schema),
      "passedOnRetry": .boolean, "overrule": .optional(Overrule.schema), "attempts": .array(Attempt.schema),
      "logs": .array(Log.schema),
      "findings": .array(Finding.schema), "inconclusive": .array(Inconclusive.schema), "shown": .optional(ShownLines.schema),
      "problem": .optional(.string),
      "search": .optional(Search.schema),
    ])

  struct Verdict: APIValue {
    let kind: String
    let isExcused: Bool
    /// The rule that applied, in words.
    let why: String

    init(_ verdict: BuildVerdict) {
      (kind, isExcused, why) = (verdict.kind.rawValue, verdict.kind.isExcused, verdict.why)
    }

    static let schema = Schema.object(
      "VerdictOnBuild", ["kind": .choice(BuildKind.allCases.map(\.rawValue)), "isExcused": .boolean, "why": .string])
  }

  struct Overrule: APIValue {
    let kind: String
    let who: String
    let reason: String
    let at: Double

    static let schema = Schema.object("Overrule", ["kind": .string, "who": .string, "reason": .string, "at": .time])
  }

  struct Attempt: APIValue {
    let id: Int64
    let attempt: Int
    let outcome: String

    static let schema = Schema.object("Attempt", ["id": .integer, "attempt": .integer, "outcome": .string])
  }

  struct Log: APIValue {
    let id: Int64
    let step: String?
    let state: String
    let reason: String?
    let bytes: Int?
    let lines: Int?
    /// Whether every active pattern has been tried on it.
    let isScanned: Bool
    let findings: Int

    static let schema = Schema.object(
      "Log",
      [
        "id": .integer, "step": .optional(.string), "state": .choice(FetchState.allCases.map(\.rawValue)),
        "reason": .optional(.string),
        "bytes": .optional(.integer), "lines": .optional(.integer), "isScanned": .boolean, "findings": .integer,
      ])
  }

  struct Finding: APIValue {
    let pattern: String
    let revision: Int64
    let title: String
    let verdict: String
    let isFallback: Bool
    /// Whether it counts still: of the pattern's present revision.
    let isCurrent: Bool
    let line: Int
    /// Part of the line, by lone carriage returns, from 0; and byte offsets in its cleaned text.
    let segment: Int
    let start: Int
    let end: Int
    let text: String
    let remedy: String?

    static let schema = Schema.object(
      "BuildFinding",
      [
        "pattern": .string, "revision": .integer, "title": .string, "verdict": .string, "isFallback": .boolean,
        "isCurrent": .boolean,
        "line": .integer, "segment": .integer, "start": .integer, "end": .integer, "text": .string, "remedy": .optional(.string),
      ])
  }

  struct Inconclusive: APIValue {
    let log: Int64
    let pattern: String
    let reason: String
    let line: Int

    static let schema = Schema.object(
      "Inconclusive", ["log": .integer, "pattern": .string, "reason": .string, "line": .integer])
  }

  struct Search: APIValue {
    let text: String
    let isExpression: Bool
    /// All hits in the lines that were searched; `hits` has the first of them.
    let count: Int
    let hits: [Hit]
    /// Lines that were searched, and why it weren't all: `time` or `expression`.
    let lines: Int
    let unfinished: String?

    static let schema = Schema.object(
      "LogSearch",
      [
        "text": .string, "isExpression": .boolean, "count": .integer, "hits": .array(Hit.schema), "lines": .integer,
        "unfinished": .optional(.choice(["time", "expression"])),
      ])
  }

  struct Hit: APIValue {
    let line: Int
    let text: String

    static let schema = Schema.object("LogHit", ["line": .integer, "text": .string])
  }
}
