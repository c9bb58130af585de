import Model
import Store

/// A line of development, for the API.
struct Line: APIValue {
  /// Nil if there is no line yet.
  let repository: String?
  let branch: String?
  /// What else there is to look at.
  let lines: [Name]
  /// The newest first.
  let commits: [Commit]
  let next: String?
  /// By day or week, those with commits.
  let shares: [Share]
  /// The jobs that are broken now first, unless sorted otherwise.
  let repairs: [Repair]

  struct Name: APIValue {
    let repository: String
    let branch: String
    let commits: Int
    let lastAt: Double

    static let schema = Schema.object(
      "LineName", ["repository": .string, "branch": .string, "commits": .integer, "lastAt": .time])
  }

  struct Commit: APIValue {
    let commit: String
    let firstAt: Double
    let failed: Int
    /// Failures that neither they themselves nor a known problem excuses.
    let attention: Int
    let jobs: [Cell]

    init(_ commit: Store.LineCommit) {
      (self.commit, firstAt, failed, attention) = (commit.commit, commit.firstAt, commit.failed, commit.attention)
      jobs = commit.cells.map(Cell.init)
    }

    static let schema = Schema.object(
      "LineCommit",
      ["commit": .string, "firstAt": .time, "failed": .integer, "attention": .integer, "jobs": .array(Cell.schema)])
  }

  struct Cell: APIValue {
    let provider: String
    let workflow: String?
    let job: String
    let build: Int64
    let state: String
    let kind: String?
    let pattern: String?

    init(_ cell: Store.LineCell) {
      (provider, workflow, job) = (cell.job.provider, cell.job.workflow.isEmpty ? nil : cell.job.workflow, cell.job.job)
      (build, state) = (cell.build, cell.state.rawValue)
      (kind, pattern) = (cell.kind?.rawValue, cell.pattern?.rawValue)
    }

    static let schema = Schema.object(
      "LineCell",
      [
        "provider": .string, "workflow": .optional(.string), "job": .string, "build": .integer,
        "state": .choice(Store.CellState.allCases.map(\.rawValue)),
        "kind": .optional(.choice(BuildKind.allCases.map(\.rawValue))), "pattern": .optional(.string),
      ])
  }

  struct Share: APIValue {
    let day: String
    let commits: Int
    let broken: Int

    static let schema = Schema.object("LineShare", ["day": .string, "commits": .integer, "broken": .integer])
  }

  /// What repairs can be sorted by.
  enum RepairKey: String, Sendable, CaseIterable { case job, brokenSince, breaks, repairs, meanSeconds, longestSeconds }

  struct Repair: APIValue {
    let provider: String
    let workflow: String?
    let job: String
    let breaks: Int
    let repairs: Int
    let meanSeconds: Double?
    let longestSeconds: Double?
    let brokenSince: Double?

    init(_ repair: Store.JobRepair) {
      (provider, workflow, job) = (repair.job.provider, repair.job.workflow.isEmpty ? nil : repair.job.workflow, repair.job.job)
      (breaks, repairs) = (repair.breaks, repair.repairs)
      (meanSeconds, longestSeconds, brokenSince) = (repair.meanSeconds, repair.longestSeconds, repair.brokenSince)
    }

    static let schema = Schema.object(
      "JobRepair",
      [
        "provider": .string, "workflow": .optional(.string), "job": .string, "breaks": .integer, "repairs": .integer,
        "meanSeconds": .optional(.number),
        "longestSeconds": .optional(.number), "brokenSince": .optional(.time),
      ])
  }

  static let schema = Schema.object(
    "Line",
    [
      "repository": .optional(.string), "branch": .optional(.string), "lines": .array(Name.schema),
      "commits": .array(Commit.schema), "next": .optional(.string), "shares": .array(Share.schema),
      "repairs": .array(Repair.schema),
    ])
}

extension [Line.Repair] {
  func sorted(by sorting: Sorting<Line.RepairKey>) -> Self {
    switch sorting.key {
    case .job: sorted(by: sorting) { JobName.short($0.workflow, $0.job) }
    case .brokenSince: sorted(by: sorting) { $0.brokenSince }
    case .breaks: sorted(by: sorting) { $0.breaks }
    case .repairs: sorted(by: sorting) { $0.repairs }
    case .meanSeconds: sorted(by: sorting) { $0.meanSeconds }
    case .longestSeconds: sorted(by: sorting) { $0.longestSeconds }
    }
  }
}
