import Model
import Postgres

/// What people say is wrong about verdicts.
extension Store {
  /// A verdict that someone calls wrong.
  package struct ReportedVerdict: Sendable, Equatable {
    package var kind: BuildKind
    /// Which pattern's finding decided, if one did.
    package var pattern: PatternID?

    package init(kind: BuildKind, pattern: PatternID?) {
      self.kind = kind
      self.pattern = pattern
    }
  }

  /// A person's report.
  package struct WrongReport: Sendable, Equatable {
    package let repository: String
    package let commit: String
    package let workflow: String
    package let job: String
    package let url: String?
    package let kind: BuildKind
    package let pattern: PatternID?
    package let who: String
    package let reason: String
    /// In seconds since 1970.
    package let at: Double
  }

  /// Records that a verdict is wrong. Of a person each build has one report: a second one says what the first should have said.
  ///
  /// - Parameters:
  ///   - build: the row of the build.
  ///   - verdict: what is called wrong.
  ///   - who: a person's name.
  ///   - reason: not empty.
  package func reportWrong(build: Int64, verdict: ReportedVerdict, who: String, reason: String) async throws {
    let (engine, health, coolOff) = (engine, health, coolOff)
    try await transaction { session in
      try Self.reportWrong(build: build, verdict: verdict, who: who, reason: reason, session)
      try session.execute("SELECT pg_advisory_xact_lock(\(Self.markingLock))")
      _ = try Self.markSuspects(engine: engine, health, coolOff: coolOff, session)
    }
  }

  /// Keeps a report, without looking what it does to the pattern.
  static func reportWrong(
    build: Int64, verdict: ReportedVerdict, who: String, reason: String, _ session: borrowing Session
  ) throws {
    try session.execute(
      """
      INSERT INTO wrong_report (build_id, kind, pattern_id, revision_id, who, reason)
      VALUES (\(build), \(verdict.kind.rawValue), (SELECT id FROM pattern WHERE id = \(verdict.pattern?.rawValue)),
              (SELECT revision_id FROM pattern WHERE id = \(verdict.pattern?.rawValue)), \(who.storable), \(reason.storable))
      ON CONFLICT (build_id, who) DO UPDATE
        SET kind = excluded.kind, pattern_id = excluded.pattern_id, revision_id = excluded.revision_id, reason = excluded.reason,
            at = now(), withdrawn_at = NULL
      """)
    try audit(
      who: who, "verdict reported as wrong",
      ["build": String(build), "kind": verdict.kind.rawValue, "pattern": verdict.pattern?.rawValue ?? "", "reason": reason],
      session)
  }

  /// A person takes a report back. What it has led to stays: a suspect pattern is cleared by `clearSuspect` only.
  ///
  /// - Returns: whether there was one.
  package func withdrawReport(build: Int64, who: String) async throws -> Bool {
    try await transaction { session in
      let withdrawn = try session.execute(
        "UPDATE wrong_report SET withdrawn_at = now() WHERE build_id = \(build) AND who = \(who.storable) AND withdrawn_at IS NULL")
      if withdrawn > 0 { try Self.audit(who: who, "report withdrawn", ["build": String(build)], session) }
      return withdrawn > 0
    }
  }

  /// Reports that stand against a pattern's present definition, the latest first; nil: all.
  package func wrongReports(against pattern: PatternID?, most: Int) async throws -> [WrongReport] {
    try await transaction { session in
      try session.query(
        """
        SELECT r.name AS repository, b.commit, b.workflow, b.job, b.url, w.kind, w.pattern_id, w.who, w.reason,
               extract(epoch FROM w.at)::float8 AS at
          FROM wrong_report w JOIN build b ON b.id = w.build_id JOIN repository r ON r.id = b.repository_id
         WHERE w.withdrawn_at IS NULL
           AND (\(pattern?.rawValue)::text IS NULL
                OR w.revision_id = (SELECT revision_id FROM pattern WHERE id = \(pattern?.rawValue)::text))
         ORDER BY w.at DESC, w.id DESC LIMIT \(Int64(most))
        """
      ).map { row in
        WrongReport(
          repository: try row.decode("repository"), commit: try row.decode("commit"), workflow: try row.decode("workflow"),
          job: try row.decode("job"), url: try row.decode("url"), kind: BuildKind(rawValue: try row.decode("kind")) ?? .new,
          pattern: try row.decode(String?.self, "pattern_id").map { PatternID($0) }, who: try row.decode("who"),
          reason: try row.decode("reason"), at: try row.decode("at"))
      }
    }
  }
}
