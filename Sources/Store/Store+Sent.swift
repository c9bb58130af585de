import Model
import Postgres

extension Store {
  /// Enters a log that was sent to us, with its build, and has it scanned and its commit judged.
  ///
  /// - Returns: the build's row, and what was new.
  package func enterSent(_ entry: Entry) async throws -> (build: Int64, entered: Entered) {
    let (engine, coolOff) = (engine, coolOff)
    return try await transaction { session in
      var entered = Entered()
      let empty = try Self.internSet("{}", engine: engine, session)
      let repository = try Self.repositoryID(entry.build.repository, session)
      let build = try Self.enter(entry.build, repository: repository, &entered, session)
      try Self.enter(entry, build: build, emptySet: empty, &entered, session)
      if entered != Entered() {
        try Self.markDue(builds: [build], coolOff: coolOff, session)
        try Self.wake(.scans, session)
      }
      return (build, entered)
    }
  }
}
