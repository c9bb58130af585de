import Model
import Postgres
import Store
import TestSupport
import Testing

/// The hot queries stay on their indexes at a size where it matters.
@Suite struct PlanTests {
  private static let logs = 100_000
  private static let due = 500

  /// Fills the ledger with logs that are done but for a few.
  private func seed(_ ledger: TestLedger) async throws {
    try await ledger.sync([.test("a/one", match: "one"), .test("a/two", match: "two")])
    try await ledger.pool.run { session in
      try session.executeScript(
        """
        INSERT INTO repository (name) VALUES ('acme/engine');
        INSERT INTO build (repository_id, provider, external_id, attempt, commit, job, outcome, finished_at)
        SELECT r.id, 'folder', n::text, 1, encode(sha256((n / 5)::text::bytea), 'hex'), 'linux', 'failure',
               timestamptz '2026-01-01' + n * interval '1 minute'
          FROM repository r, generate_series(1, \(Self.logs)) n;
        INSERT INTO tried_set (engine, members, key)
        SELECT \(Engine.version), range_agg(int8range(id, id, '[]')), 'done'::bytea FROM pattern_revision
        UNION ALL SELECT \(Engine.version), '{}', 'nothing'::bytea;
        INSERT INTO log (build_id, fetch_state, digest, bytes, lines, tried_set_id)
        SELECT b.id, 'stored', sha256(b.id::text::bytea), 100000, 1000,
               (SELECT id FROM tried_set WHERE key = CASE WHEN b.external_id::int <= \(Self.due) THEN 'nothing'::bytea ELSE 'done'::bytea END)
          FROM build b;
        ANALYZE build, log, tried_set, pattern, pattern_revision;
        """, name: "seed")
    }
  }

  private func plan(of sql: SQL, _ ledger: TestLedger) async throws -> String {
    try await ledger.pool.transaction { session in
      try session.query("EXPLAIN \(sql)").map { try $0.decode(String.self, "QUERY PLAN") }.joined(separator: "\n")
    }
  }

  @Test func findingAndCountingWhatIsDueReadsNoTableWhole() async throws {
    try await TestLedger.with { ledger in
      try await seed(ledger)
      let due = try await ledger.store.due()
      #expect(due == Store.Due(pairs: 2 * Self.due, logs: Self.due, bytes: 100_000 * Self.due))
      let set = try await ledger.pool.run { session in
        try session.query("SELECT id FROM tried_set WHERE members = '{}' AND key = 'nothing'::bytea").only().decode(
          Int64.self, "id")
      }
      for sql in [
        Store.logCount(ofSet: set, RescanScope()), Store.setsWithDueLogs(RescanScope(), engine: Engine.version),
        Store.claimable(set: set, RescanScope(), most: 32),
      ] {
        let plan = try await plan(of: sql, ledger)
        #expect(plan.contains("log_tried_set"), "\(plan)")
        #expect(!plan.contains("Seq Scan on log"), "\(plan)")
        #expect(!plan.contains("Seq Scan on build"), "\(plan)")
      }
      let commits = try await plan(of: "SELECT id FROM build b WHERE b.commit >= \("abcd") AND b.commit < \("abcdg")", ledger)
      #expect(commits.contains("build_commit"), "\(commits)")
    }
  }
}
