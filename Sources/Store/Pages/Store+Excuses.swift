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
            SELECT count(*) FROM tally t JOIN tally_job j ON j.id = t.job_id JOIN tally_branch n ON n.id = t.branch_id
              LEFT JOIN pattern p ON p.number = t.pattern
             WHERE t.repository_id = k.repository_id AND t.at >= to_timestamp(\(since)) AND t.failed AND t.kind <> 'unread'
               AND t.at < coalesce(k.until_at, 'infinity') AND \(Self.isOne(of: "k.jobs", "j.job"))
               AND (k.patterns = '{}' OR p.id = ANY (k.patterns))
               AND (k.branch = '' OR k.branch = n.name OR EXISTS (
                 SELECT FROM pull_request r WHERE r.repository_id = k.repository_id AND r.base_branch = k.branch
                    AND (r.number = t.pull_request OR r.head = t.commit)))
               AND (k.from_commit IS NULL OR t.commit = k.from_commit OR EXISTS (
                 SELECT FROM ancestry a WHERE a.repository_id = k.repository_id AND a.ancestor = k.from_commit
                    AND a.descendant = t.commit AND a.holds))
               AND (k.until_commit IS NULL OR t.commit <> k.until_commit AND EXISTS (
                 SELECT FROM ancestry a WHERE a.repository_id = k.repository_id AND a.ancestor = k.until_commit
                    AND a.descendant = t.commit AND NOT a.holds))
               AND NOT EXISTS (SELECT FROM overrule o WHERE o.build_id = t.build_id)) AS builds
          FROM known_problem k WHERE k.id = ANY (\(problems))
        """)
      { counts[try row.decode("id")] = try row.decode("builds") }
      return counts
    }
  }
}
