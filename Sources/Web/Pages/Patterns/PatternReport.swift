import Analysis
import Model
import Store

/// A pattern with its history, and what it found.
struct PatternReport: APIValue {
  let id: String
  let title: String
  let verdict: String
  let issue: String?
  let priority: Int
  let fallback: Bool
  let groupBy: [String]
  let tags: [String]
  let owner: String?
  let remedy: String?
  let reviewBy: String?
  let isReviewOverdue: Bool
  let isRetired: Bool
  let changedAt: Double
  /// The newest first.
  let revisions: [Revision]
  /// When it first and last decided a failed build.
  let firstSeen: Double?
  let lastSeen: Double?
  /// Failed builds of the time with a finding of it, and those that it decides, by week.
  let weeks: [Week]
  let hits: Int
  let builds: Int
  let jobs: [Job]
  /// Of the latest findings: the same captures of `groupBy` are the same failure.
  let groups: [Group]
  let samples: [Sample]
  /// For `cursor`; there while there are more samples.
  let next: String?
  let trust: Trust
  let reports: [Report]
  /// Who has looked at it and thinks that it is right, the latest first.
  let reviews: [Review]

  static let schema = Schema.object(
    "PatternReport",
    [
      "id": .string, "title": .string, "verdict": .choice(PatternVerdict.allCases.map(\.rawValue)), "issue": .optional(.string),
      "priority": .integer, "fallback": .boolean, "groupBy": .array(.string), "tags": .array(.string), "owner": .optional(.string),
      "remedy": .optional(.string), "reviewBy": .optional(.string), "isReviewOverdue": .boolean, "isRetired": .boolean,
      "changedAt": .time, "revisions": .array(Revision.schema), "firstSeen": .optional(.time), "lastSeen": .optional(.time),
      "weeks": .array(Week.schema), "hits": .integer, "builds": .integer, "jobs": .array(Job.schema),
      "groups": .array(Group.schema),
      "samples": .array(Sample.schema), "next": .optional(.string), "trust": Trust.schema, "reports": .array(Report.schema),
      "reviews": .array(Review.schema),
    ])

  struct Revision: APIValue {
    let id: Int64
    /// From 1.
    let number: Int
    let isCurrent: Bool
    let createdAt: Double
    let suspendedAt: Double?
    /// What it matches, as the pattern's file would say it.
    let definition: [String]
    /// What is other than in the revision before; nothing for the first.
    let changes: [DefinitionText.Change]

    static let schema = Schema.object(
      "Revision",
      [
        "id": .integer, "number": .integer, "isCurrent": .boolean, "createdAt": .time, "suspendedAt": .optional(.time),
        "definition": .array(.string), "changes": .array(DefinitionText.Change.schema),
      ])
  }

  struct Week: APIValue {
    /// Its Monday.
    let day: String
    let hits: Int
    let builds: Int

    static let schema = Schema.object("PatternWeek", ["day": .string, "hits": .integer, "builds": .integer])
  }

  struct Job: APIValue {
    let repository: String
    let workflow: String?
    let job: String
    let builds: Int
    let lastSeen: Double

    static let schema = Schema.object(
      "PatternJob",
      ["repository": .string, "workflow": .optional(.string), "job": .string, "builds": .integer, "lastSeen": .time])
  }

  struct Group: APIValue {
    let group: String
    let findings: Int

    static let schema = Schema.object("FindingGroup", ["group": .string, "findings": .integer])
  }

  struct Sample: APIValue {
    let build: Int64
    let repository: String
    let job: String
    let outcome: String
    let at: Double
    let log: Int64
    let line: Int
    let text: String

    static let schema = Schema.object(
      "PatternSample",
      [
        "build": .integer, "repository": .string, "job": .string, "outcome": .string, "at": .time, "log": .integer,
        "line": .integer,
        "text": .string,
      ])
  }

  struct Trust: APIValue {
    /// Sampled passing builds that it was tried on, and those in which it was found.
    let passingSampled: Int
    let passingHit: Int
    let isSuspect: Bool
    /// Why it is suspect, or was until someone cleared it.
    let suspicion: String?
    let cleared: String?
    let wrongReports: Int
    /// CPU time for 1,000,000 bytes of raw log.
    let millisecondsPerMegabyte: Double?
    /// Logs on which it could not be tried to the end.
    let inconclusiveLogs: Int

    static let schema = Schema.object(
      "PatternTrust",
      [
        "passingSampled": .integer, "passingHit": .integer, "isSuspect": .boolean, "suspicion": .optional(.string),
        "cleared": .optional(.string), "wrongReports": .integer, "millisecondsPerMegabyte": .optional(.number),
        "inconclusiveLogs": .integer,
      ])
  }

  struct Review: APIValue {
    let who: String
    let note: String
    let at: Double
    /// The number of the revision that was looked at.
    let revision: Int

    static let schema = Schema.object(
      "PatternReview", ["who": .string, "note": .string, "at": .time, "revision": .integer])
  }

  struct Report: APIValue {
    let who: String
    let reason: String
    let at: Double
    let kind: String
    let repository: String
    let commit: String
    let job: String

    static let schema = Schema.object(
      "WrongReport",
      [
        "who": .string, "reason": .string, "at": .time, "kind": .string, "repository": .string, "commit": .string, "job": .string,
      ])
  }
}
