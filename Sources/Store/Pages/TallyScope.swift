import Model
import Postgres

extension Store {
  /// What builds a page is about; nil: all.
  package struct TallyFilter: Sendable, Equatable {
    /// `owner/name`.
    package var repository: String?
    /// By name. Where a line of development has it, that line without the pull requests from branches of the same name.
    package var branch: String?
    /// By name, or as `workflow/job`.
    package var job: String?

    package init(repository: String? = nil, branch: String? = nil, job: String? = nil) {
      self.repository = repository
      self.branch = branch
      self.job = job
    }
  }
}

/// A filter in the numbers of the tally's tables. A name that isn't known selects nothing.
struct TallyScope: Sendable {
  /// One of the sums that counts are kept in; see `tally_totals`.
  struct Cell: Sendable {
    let line: Int32
    let repository: Int64
    let job: Int32
  }

  var repository: Int64?
  var branches: [Int32]?
  var jobs: [Int32]?
  /// The sums that the scope is made of, without regard to jobs; nil where none are kept: on branches that are no lines.
  var cells: [Cell]?

  init(_ filter: Store.TallyFilter, _ session: borrowing Session) throws {
    if let name = filter.repository {
      repository = try session.query("SELECT id FROM repository WHERE name = \(name)").first?.decode(Int64.self, "id") ?? -1
    }
    if let name = filter.branch {
      let rows = try session.query(
        """
        SELECT id, repository_id, is_line FROM tally_branch
         WHERE name = \(name) AND (\(repository)::bigint IS NULL OR repository_id = \(repository)::bigint)
        """)
      let lines = try rows.filter { try $0.decode(Bool.self, "is_line") }
      if lines.isEmpty {
        branches = try rows.map { try $0.decode("id") }
      } else {
        branches = try lines.map { try $0.decode("id") }
        cells = try lines.map { Cell(line: try $0.decode("id"), repository: try $0.decode("repository_id"), job: 0) }
      }
    } else {
      cells = [Cell(line: 0, repository: repository ?? 0, job: 0)]
    }
    if let name = filter.job {
      jobs = try session.query(
        """
        SELECT id FROM tally_job
         WHERE (job = \(name) OR workflow || '/' || job = \(name))
           AND (\(repository)::bigint IS NULL OR repository_id = \(repository)::bigint)
        """
      ).map { try $0.decode("id") }
    }
  }

  /// Whether nothing is left out.
  var isAll: Bool { repository == nil && branches == nil && jobs == nil }

  /// On `t`, a row of `tally`.
  var conditions: [SQL] {
    var conditions: [SQL] = []
    // A job and a branch have their repository with them, and their own index.
    if let repository, branches == nil, jobs == nil { conditions.append("t.repository_id = \(repository)") }
    // One value lets the index give the rows in order.
    if let branches { conditions.append(Self.isOne(of: branches, "t.branch_id")) }
    if let jobs { conditions.append(Self.isOne(of: jobs, "t.job_id")) }
    return conditions
  }

  static func isOne(of ids: [Int32], _ column: String) -> SQL {
    ids.count == 1 ? "\(raw: column) = \(ids[0])" : "\(raw: column) = ANY (\(ids))"
  }
}

extension SQL {
  /// All of the conditions; none: true.
  static func all(_ conditions: [SQL]) -> SQL {
    conditions.reduce("true") { "\($0) AND \($1)" }
  }
}
