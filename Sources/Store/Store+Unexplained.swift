import Model
import Postgres

/// Failed builds that nothing explains, and passing ones to compare them with.
extension Store {
  package struct UnexplainedBuild: Sendable {
    package let id: Int64
    package let job: JobIdentity
    package let commit: String
    package let externalID: String
    package let url: String?
    /// When it finished, or was entered if that is unknown, in seconds since 1970.
    package let finishedAt: Double
    /// Its logs, in the order in which they were entered.
    package let logs: [UnexplainedLog]
  }

  package struct UnexplainedLog: Sendable {
    package let id: Int64
    package let digest: [UInt8]
  }

  /// Failed builds that are fully scanned and that nothing but fallbacks matched, as of the tally; the latest first.
  ///
  /// - Parameter since: in seconds since 1970.
  package func unexplainedBuilds(since: Double?, most: Int) async throws -> [UnexplainedBuild] {
    try await transaction { session in
      try session.query(
        """
        SELECT b.id, r.name AS repository, b.provider, b.workflow, b.job, b.commit, b.external_id, b.url,
               extract(epoch FROM t.at)::float8 AS finished,
               ARRAY(SELECT l.id FROM log l WHERE l.build_id = b.id AND l.digest IS NOT NULL ORDER BY l.id) AS logs,
               ARRAY(SELECT l.digest FROM log l WHERE l.build_id = b.id AND l.digest IS NOT NULL ORDER BY l.id) AS digests
          FROM tally t JOIN build b ON b.id = t.build_id JOIN repository r ON r.id = b.repository_id
         WHERE t.failed AND t.pattern IS NULL AND NOT t.unread AND t.at >= coalesce(to_timestamp(\(since)), '-infinity')
         ORDER BY t.at DESC, t.build_id DESC LIMIT \(Int64(most))
        """
      ).map { row in
        UnexplainedBuild(
          id: try row.decode("id"),
          job: try JobIdentity(row),
          commit: try row.decode("commit"), externalID: try row.decode("external_id"), url: try row.decode("url"),
          finishedAt: try row.decode("finished"),
          logs: zip(try row.decode([Int64].self, "logs"), try row.decode([[UInt8]].self, "digests")).map {
            UnexplainedLog(id: $0, digest: $1)
          })
      }
    }
  }

  /// The digests of the logs of jobs' latest passing builds.
  ///
  /// - Parameter most: builds at most of each job.
  package func passingLogs(of jobs: [JobIdentity], most: Int) async throws -> [JobIdentity: [[UInt8]]] {
    guard !jobs.isEmpty else { return [:] }
    return try await transaction { session in
      let rows = try session.query(
        """
        WITH job AS (
          SELECT t.id, j.* FROM unnest(\(jobs.map(\.repository)), \(jobs.map(\.provider)), \(jobs.map(\.workflow)), \(jobs.map(\.job)))
              AS j (repository, provider, workflow, job) JOIN repository r ON r.name = j.repository
            JOIN tally_job t ON t.repository_id = r.id AND t.job = j.job AND t.workflow = j.workflow AND t.provider = j.provider)
        SELECT j.repository, j.provider, j.workflow, j.job, l.digest
          FROM job j
          CROSS JOIN LATERAL (
            SELECT t.build_id, t.at FROM tally t
             WHERE t.job_id = j.id AND t.outcome = 'success' AND cardinality(t.sets) > 0
             ORDER BY t.at DESC, t.build_id DESC LIMIT \(Int64(most))) p
          JOIN log l ON l.build_id = p.build_id
         WHERE l.digest IS NOT NULL ORDER BY p.at DESC, p.build_id DESC, l.id
        """)
      var logs: [JobIdentity: [[UInt8]]] = [:]
      for row in rows {
        let job = try JobIdentity(row)
        logs[job, default: []].append(try row.decode("digest"))
      }
      return logs
    }
  }
}
