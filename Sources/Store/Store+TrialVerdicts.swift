import Model
import Postgres

/// What a trial's findings would change.
extension Store {
  /// Commits whose verdict may change: those with a failed build that has a hit, and those whose base has one; by repository and commit.
  ///
  /// - Parameter after: the last one of the page before.
  package func trialCommits(_ trial: Trial, since: Double?, after: CommitName?, most: Int) async throws -> [CommitName] {
    try await transaction { session in
      try session.query(
        """
        WITH hit AS (
          SELECT DISTINCT b.repository_id, b.commit
            FROM trial_log h JOIN log l ON l.id = h.log_id JOIN build b ON b.id = l.build_id
           WHERE h.trial_id = \(trial.id) AND b.outcome IN ('failure', 'timed_out') AND \(RescanScope(since: since).condition)),
        affected AS (
          SELECT repository_id, commit FROM hit
          UNION
          SELECT c.repository_id, c.commit FROM commit_base c
           WHERE EXISTS (SELECT 1 FROM hit WHERE hit.repository_id = c.repository_id AND (hit.commit = c.base OR hit.commit = ANY (c.ancestors)))
             AND EXISTS (SELECT 1 FROM build b WHERE b.repository_id = c.repository_id AND b.commit = c.commit
                            AND b.outcome IN ('failure', 'timed_out')))
        SELECT r.name COLLATE "C" AS repository, a.commit FROM affected a JOIN repository r ON r.id = a.repository_id
         WHERE (\(after?.repository)::text IS NULL
                OR (r.name COLLATE "C", a.commit) > (\(after?.repository)::text COLLATE "C", \(after?.commit)::text COLLATE "C"))
         ORDER BY 1, 2 LIMIT \(Int64(most))
        """
      ).map { CommitName(repository: try $0.decode("repository"), commit: try $0.decode("commit")) }
    }
  }

  /// The facts of commits as they would be if the pattern had been tried on all that the trial has tried; one of the same id is taken
  /// for its former self and left out.
  package func facts(_ commits: [CommitFacts], with pattern: Pattern, _ trial: Trial) async throws -> [CommitFacts] {
    let own = commits.flatMap(\.builds)
    let bases = own.flatMap { $0.base?.builds ?? [] }
    let ids = (own + bases).flatMap(\.logs).map(\.id)
    // As in `LogFacts`: where a job is compared with its base, all findings count.
    let compared = (own.filter { $0.base != nil } + bases).flatMap(\.logs).map(\.id)
    let candidate = PatternFacts(pattern)
    let hits = try await transaction { session in
      var hits: [Int64: (findings: [Finding], overflows: Bool, isInconclusive: Bool)] = [:]
      for row in try session.query(
        """
        SELECT log_id, (CASE WHEN log_id = ANY (\(compared)) THEN findings ELSE jsonb_path_query_array(findings, '$[last]') END)::text AS findings,
               count > jsonb_array_length(findings) AS overflows, inconclusive IS NOT NULL AS inconclusive
          FROM trial_log WHERE trial_id = \(trial.id) AND log_id = ANY (\(ids))
        """)
      {
        let findings = try StoredFinding.findings(json: try row.decode("findings"), of: pattern.id)
        hits[try row.decode("log_id")] = (findings, try row.decode("overflows"), try row.decode("inconclusive"))
      }
      return hits
    }
    func tried(_ logs: [LogFacts], all: Bool) -> [LogFacts] {
      logs.map { log in
        var log = log
        log.findings.removeAll { $0.pattern.id == pattern.id }
        log.inconclusive.removeAll { $0.id == pattern.id }
        log.overflowing.remove(pattern.id)
        guard let hit = hits[log.id] else { return log }
        log.findings += hit.findings.suffix(all ? .max : 1).map { FindingFacts(pattern: candidate, finding: $0) }
        if hit.overflows { log.overflowing.insert(pattern.id) }
        if hit.isInconclusive { log.inconclusive.append(candidate) }
        return log
      }
    }
    return commits.map { commit in
      var result = commit
      result.builds = commit.builds.map { build in
        var build = build
        build.logs = tried(build.logs, all: build.base != nil)
        if var base = build.base {
          for place in base.builds.indices { base.builds[place].logs = tried(base.builds[place].logs, all: true) }
          build.base = base
        }
        return build
      }
      return result
    }
  }

  /// Of some builds those in which the trial has a hit, or the pattern's former self was found or may have been.
  static func buildsThatMayChange(
    _ builds: [Int64], by trial: Trial, _ pattern: PatternID, _ session: borrowing Session
  ) throws -> Set<Int64> {
    Set(
      try session.query(
        """
        WITH former AS (
          SELECT p.revision_id, r.suspended_at IS NOT NULL AS suspended FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id
           WHERE p.id = \(pattern.rawValue) AND NOT p.retired)
        SELECT DISTINCT l.build_id FROM log l
         WHERE l.build_id = ANY (\(builds))
           AND (EXISTS (SELECT 1 FROM trial_log h WHERE h.trial_id = \(trial.id) AND h.log_id = l.id)
             OR EXISTS (SELECT 1 FROM former WHERE suspended)
             OR EXISTS (SELECT 1 FROM finding f JOIN former USING (revision_id) WHERE f.log_id = l.id)
             OR EXISTS (SELECT 1 FROM inconclusive i JOIN former USING (revision_id) WHERE i.log_id = l.id))
        """
      ).map { try $0.decode(Int64.self, "build_id") })
  }

  /// On how many of the hits' lines each active pattern has a finding, too.
  package func patternsOnSameLines(_ hits: [TrialHit], except candidate: PatternID) async throws -> [PatternID: Int] {
    var logs: [Int64] = []
    var lines: [Int64] = []
    for hit in hits {
      for line in Set(hit.findings.map(\.line)) {
        logs.append(hit.place.log.rawValue)
        lines.append(Int64(line))
      }
    }
    guard !logs.isEmpty else { return [:] }
    let (allLogs, allLines) = (logs, lines)
    return try await transaction { session in
      var counts: [PatternID: Int] = [:]
      for row in try session.query(
        """
        SELECT p.id, count(DISTINCT (f.log_id, f.line)) AS lines
          FROM unnest(\(allLogs), \(allLines)) AS n (log_id, line) JOIN finding f ON f.log_id = n.log_id AND f.line = n.line
          JOIN pattern p ON p.revision_id = f.revision_id
         WHERE NOT p.retired AND p.id <> \(candidate.rawValue) GROUP BY p.id
        """)
      {
        counts[PatternID(try row.decode("id"))] = try row.decode("lines")
      }
      return counts
    }
  }

  /// In how many failed builds each of the patterns has a finding.
  package func failedBuilds(ofPatterns patterns: [PatternID], since: Double?) async throws -> [PatternID: Int] {
    let ids = patterns.map(\.rawValue)
    return try await transaction { session in
      var counts: [PatternID: Int] = [:]
      for row in try session.query(
        """
        SELECT p.id, count(DISTINCT l.build_id) AS builds
          FROM pattern p JOIN finding f ON f.revision_id = p.revision_id JOIN log l ON l.id = f.log_id JOIN build b ON b.id = l.build_id
         WHERE p.id = ANY (\(ids)) AND b.outcome IN ('failure', 'timed_out') AND \(RescanScope(since: since).condition)
         GROUP BY p.id
        """)
      {
        counts[PatternID(try row.decode("id"))] = try row.decode("builds")
      }
      return counts
    }
  }
}

extension Store.PatternFacts {
  fileprivate init(_ pattern: Pattern) {
    self.init(
      id: pattern.id, title: pattern.title, verdict: pattern.verdict, priority: pattern.priority, fallback: pattern.fallback,
      reviewBy: pattern.reviewBy, suspicion: nil, groupBy: pattern.groupBy, remedy: pattern.remedy)
  }
}
