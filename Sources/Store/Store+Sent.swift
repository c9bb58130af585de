import Model
import Postgres

extension Store {
  /// Enters a log that was sent to us, with its build, and has it scanned and its commit judged.
  ///
  /// - Parameter now: when the build ended, if nobody says so and it isn't known from before; seconds since 1970-01-01 00:00 UTC.
  /// - Returns: the build's row, and what was new.
  /// - Throws: `StoreError.sentByAnother` for a change of a build that isn't the sender's to change, `PostgresError`.
  package func enterSent(_ entry: Entry, by sender: Sender, now: Double) async throws -> (build: Int64, entered: Entered) {
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
        try Self.note(sender, of: build, isNew: entered.builds > 0, entry.build, session)
        try Self.markDue(builds: [build], coolOff: coolOff, session)
        try Self.wake(.scans, session)
      }
      return (build, entered)
    }
  }

  /// Writes down who sent a build, or changed it. By now its row is ours until the end of the transaction.
  private static func note(
    _ sender: Sender, of build: Int64, isNew: Bool, _ sent: Build, _ session: borrowing Session
  ) throws {
    if isNew {
      try session.execute("UPDATE build SET sent_by = \(sender.name.storable) WHERE id = \(build)")
    } else if !sender.mayChangeAll {
      let first = try session.query("SELECT sent_by FROM build WHERE id = \(build) FOR UPDATE").only()
      guard try first.decode(String?.self, "sent_by") == sender.name.storable else { throw StoreError.sentByAnother(build) }
    }
    try audit(
      who: sender.name, isNew ? "build sent" : "sent build changed",
      [
        "build": String(build), "repository": sent.repository, "commit": sent.commit, "provider": sent.provider, "job": sent.job,
        "outcome": sent.outcome.rawValue,
      ], session)
  }
}
