import Model
import Postgres

/// What excuses builds beside what they tell themselves, for lists.
extension Store {
  /// Whether a known problem, or a failure of the same job at the base or before it, may excuse more than the build itself tells. On `t`, a
  /// row of `tally`, and `j`, its job. Whether one does is for who judges the commit: this leaves out the many that need not be judged.
  static let mayBeExcused: SQL = """
    coalesce(t.kind IN ('new', 'unknown', 'flaky', 'infrastructure') AND (
      EXISTS (SELECT FROM known_problem k WHERE k.repository_id = t.repository_id AND (k.until_at IS NULL OR t.at < k.until_at)
                 AND \(Self.isOne(of: "k.jobs", "j.job")))
      OR EXISTS (SELECT FROM commit_base c JOIN build f ON f.repository_id = c.repository_id AND f.job = j.job
                        AND f.commit = ANY (array_prepend(c.base, c.ancestors))
                  WHERE c.repository_id = t.repository_id AND c.commit = t.commit AND f.commit <> t.commit AND f.provider = j.provider
                    AND f.workflow = j.workflow AND f.outcome IN ('failure', 'timed_out'))), false)
    """

  /// Whether a job is meant by the names of a known problem, in which `*` stands for any text and `?` for any character; none: all jobs.
  private static func isOne(of names: SQL, _ job: SQL) -> SQL {
    """
    (\(names) = '{}' OR EXISTS (SELECT FROM unnest(\(names)) AS g (name) WHERE \(job) LIKE
       replace(replace(replace(replace(replace(g.name, '\\', '\\\\'), '%', '\\%'), '_', '\\_'), '*', '%'), '?', '_')))
    """
  }

  /// Whether a known problem, `k`, excuses a failed build. On `t`, a row of `tally`, `j`, its job, `n`, its branch, and `p`, the pattern that
  /// explains it, if one does. As `KnownProblem.covers` and `BuildVerdict`, but that any pattern that wasn't tried to its end is against it.
  static let excuses: SQL = """
    k.repository_id = t.repository_id AND t.failed AND t.kind <> 'unread'
    AND t.at < coalesce(k.until_at, 'infinity') AND (k.patterns = '{}' OR p.id = ANY (k.patterns)) AND \(Self.isOne(of: "k.jobs", "j.job"))
    AND (k.branch = '' OR k.branch = n.name OR EXISTS (
      SELECT FROM pull_request r WHERE r.repository_id = k.repository_id AND r.base_branch = k.branch
         AND (r.number = t.pull_request OR r.head = t.commit)))
    AND (k.from_commit IS NULL OR t.commit = k.from_commit OR EXISTS (
      SELECT FROM ancestry a WHERE a.repository_id = k.repository_id AND a.ancestor = k.from_commit AND a.descendant = t.commit
         AND a.holds))
    AND (k.until_commit IS NULL OR t.commit <> k.until_commit AND EXISTS (
      SELECT FROM ancestry a WHERE a.repository_id = k.repository_id AND a.ancestor = k.until_commit AND a.descendant = t.commit
         AND NOT a.holds))
    AND NOT EXISTS (SELECT FROM overrule o WHERE o.build_id = t.build_id)
    AND (t.kind <> 'new' OR NOT t.unread) AND (t.kind <> 'new' AND k.until_at IS NULL OR EXISTS (
      SELECT FROM build b WHERE b.id = t.build_id AND b.list_state = 'listed' AND (k.until_at IS NULL OR b.finished_at < k.until_at)))
    """

  /// What `excuses` is on, as a clause after `FROM`.
  static let excusable: SQL = """
    tally t JOIN tally_job j ON j.id = t.job_id JOIN tally_branch n ON n.id = t.branch_id LEFT JOIN pattern p ON p.number = t.pattern
    """

  /// Whether any known problem excuses a failed build; on the same rows.
  static let isExcused: SQL = "EXISTS (SELECT FROM known_problem k WHERE \(excuses))"

  /// Those of the builds counted as `attention` (see `counts`) that a known problem excuses: a clause after `FROM`, with `t`, a row of
  /// `tally`.
  ///
  /// - Parameters:
  ///   - rows: which builds, on `t`.
  ///   - place: whether another attempt, `u`, of the same commit counts beside `t`.
  static func excusedAttention(_ rows: SQL, attempts place: SQL) -> SQL {
    """
    \(excusable) WHERE \(rows) AND t.kind IN ('new', 'unknown') AND \(isExcused) AND NOT EXISTS (
      SELECT FROM tally u WHERE u.repository_id = t.repository_id AND u.commit = t.commit AND u.job_id = t.job_id AND u.run = t.run
         AND u.outcome <> 'canceled' AND u.attempt > t.attempt AND \(place))
    """
  }

  /// How many failed builds known problems excuse; where several cover one, it counts for each.
  ///
  /// - Parameters:
  ///   - problems: their numbers.
  ///   - since: builds that finished since, in seconds since 1970. There are few known problems, but each may cover whole repositories.
  /// - Returns: by number; 0 for those that excuse none.
  package func excusedBuilds(by problems: [Int64], since: Double) async throws -> [Int64: Int] {
    guard !problems.isEmpty else { return [:] }
    return try await transaction { session in
      var counts: [Int64: Int] = [:]
      for row in try session.query(
        """
        SELECT k.id, (
            SELECT count(*) FROM \(Self.excusable) WHERE t.at >= to_timestamp(\(since)) AND \(Self.excuses)) AS builds
          FROM known_problem k WHERE k.id = ANY (\(problems))
        """)
      { counts[try row.decode("id")] = try row.decode("builds") }
      return counts
    }
  }
}
