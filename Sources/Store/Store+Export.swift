import Model
import Postgres

extension Store {
  /// A finding with the build and log that it is in.
  package struct ExportedFinding: Sendable {
    package let build: Build
    package let step: String
    package let finding: Finding
  }

  /// Every finding of every pattern's current revision, in the order of repository, commit, job, attempt, step, line, start and pattern.
  ///
  /// Rows are fetched one by one: the ledger may be larger than memory.
  package func exportFindings(_ tell: @Sendable @escaping (ExportedFinding) throws -> Void) async throws {
    try await transaction { session in
      try session.forEachRow(
        """
        SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository, l.step, p.id AS pattern_id,
               f.line, f.segment, f.start_at, f.end_at, f.windowed, f.captures::text AS captures, f.matched, f.excerpt
          FROM finding f
          JOIN pattern p ON p.revision_id = f.revision_id
          JOIN log l ON l.id = f.log_id
          JOIN build b ON b.id = l.build_id
          JOIN repository r ON r.id = b.repository_id
         ORDER BY r.name COLLATE "C", b.commit, b.job COLLATE "C", b.attempt, l.step COLLATE "C", f.line, f.segment, f.start_at, p.id,
                  b.workflow COLLATE "C", b.external_id COLLATE "C"
        """
      ) { row in
        try tell(
          ExportedFinding(build: try Self.build(row), step: try row.decode("step"), finding: try Self.finding(row)))
      }
    }
  }
}
