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
    /// The digests of its logs, in the order in which they were entered.
    package let logs: [[UInt8]]
  }

  /// What makes builds runs of the same job.
  package struct JobIdentity: Sendable, Hashable, Comparable {
    package let repository, provider, workflow, job: String

    package static func < (left: JobIdentity, right: JobIdentity) -> Bool {
      (left.repository, left.provider, left.workflow, left.job) < (right.repository, right.provider, right.workflow, right.job)
    }
  }

  /// Failed builds that are fully scanned and that nothing but fallbacks matched, as `totals` counts them; the latest first.
  package func unexplainedBuilds(since: Double?, today: CalendarDay, most: Int) async throws -> [UnexplainedBuild] {
    let engine = engine
    return try await transaction { session in
      try session.query(
        """
        WITH \(Self.failed(since: since, today: today, engine: engine))
        SELECT b.id, r.name AS repository, b.provider, b.workflow, b.job, b.commit, b.external_id, b.url,
               extract(epoch FROM f.at)::float8 AS finished,
               ARRAY(SELECT l.digest FROM log l WHERE l.build_id = b.id AND l.digest IS NOT NULL ORDER BY l.id) AS digests
          FROM failed f JOIN build b ON b.id = f.id JOIN repository r ON r.id = b.repository_id
         WHERE f.pattern_id IS NULL AND NOT f.unread
         ORDER BY f.at DESC, b.id DESC LIMIT \(Int64(most))
        """
      ).map { row in
        UnexplainedBuild(
          id: try row.decode("id"),
          job: JobIdentity(
            repository: try row.decode("repository"), provider: try row.decode("provider"), workflow: try row.decode("workflow"),
            job: try row.decode("job")),
          commit: try row.decode("commit"), externalID: try row.decode("external_id"), url: try row.decode("url"),
          finishedAt: try row.decode("finished"), logs: try row.decode("digests"))
      }
    }
  }

  /// The digests of the logs of jobs' latest passing builds.
  ///
  /// - Parameter most: builds at most of each job.
  package func passingLogs(of jobs: [JobIdentity], most: Int) async throws -> [JobIdentity: [[UInt8]]] {
    guard !jobs.isEmpty else { return [:] }
    return try await transaction { session in
      // All jobs at once, as no index leads from a job to its builds.
      let rows = try session.query(
        """
        WITH job AS (
          SELECT r.id, j.* FROM unnest(\(jobs.map(\.repository)), \(jobs.map(\.provider)), \(jobs.map(\.workflow)), \(jobs.map(\.job)))
              AS j (repository, provider, workflow, job) JOIN repository r ON r.name = j.repository),
        passing AS (
          SELECT b.id, j.repository, j.provider, j.workflow, j.job,
                 row_number() OVER (PARTITION BY j.id, j.provider, j.workflow, j.job
                                    ORDER BY coalesce(b.finished_at, b.created_at) DESC, b.id DESC) AS place
            FROM job j JOIN build b ON b.repository_id = j.id AND b.provider = j.provider AND b.workflow = j.workflow AND b.job = j.job
           WHERE b.outcome = 'success' AND EXISTS (SELECT 1 FROM log l WHERE l.build_id = b.id AND l.digest IS NOT NULL))
        SELECT p.repository, p.provider, p.workflow, p.job, l.digest
          FROM passing p JOIN log l ON l.build_id = p.id
         WHERE p.place <= \(Int64(most)) AND l.digest IS NOT NULL ORDER BY p.place, l.id
        """)
      var logs: [JobIdentity: [[UInt8]]] = [:]
      for row in rows {
        let job = JobIdentity(
          repository: try row.decode("repository"), provider: try row.decode("provider"), workflow: try row.decode("workflow"),
          job: try row.decode("job"))
        logs[job, default: []].append(try row.decode("digest"))
      }
      return logs
    }
  }
}
