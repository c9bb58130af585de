import Model
import Postgres

extension Store {
  /// Enters a log that was sent to us, with its build, and has it scanned and its commit judged.
  ///
  /// - Parameter now: when the build ended, if nobody says so and it isn't known from before; seconds since 1970-01-01 00:00 UTC.
  /// - Returns: the build's row, and what was new.
  package func enterSent(_ entry: Entry, now: Double) async throws -> (build: Int64, entered: Entered) {
    let (engine, coolOff) = (engine, coolOff)
    return try await transaction { session in
      var entered = Entered()
      let empty = try Self.internSet("{}", engine: engine, session)
      let repository = try Self.repositoryID(entry.build.repository, session)
      var sent = entry.build
      if sent.finishedAt == nil {
        let known = try session.query(
          """
          SELECT extract(epoch FROM finished_at)::float8 AS finished FROM build WHERE provider = \(sent.provider)
             AND repository_id = \(repository) AND external_id = \(sent.externalID) AND attempt = \(Int32(clamping: sent.attempt))
          """
        ).first
        // Sent again, it must not end anew.
        sent.finishedAt = try known?.decode(Double?.self, "finished") ?? now
      }
      let build = try Self.enter(sent, repository: repository, &entered, session)
      try Self.enter(entry, build: build, emptySet: empty, &entered, session)
      if entered != Entered() {
        try Self.markDue(builds: [build], coolOff: coolOff, session)
        try Self.wake(.scans, session)
      }
      return (build, entered)
    }
  }
}
