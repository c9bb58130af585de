import ArgumentParser
import Foundation
import Pipeline
import Postgres

/// `culprit db`: the private database, which commands start and stop by themselves.
struct Database: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db",
    abstract: "Start, stop and look into the private database; bring what pages are made from up to date.",
    discussion: """
      Without DATABASE_URL, commands keep a PostgreSQL server of their own in the data folder: the first one that needs it starts it, \
      the last one stops it, unless `db start` asked it to stay.

      Example: culprit db psql -- -c 'SELECT count(*) FROM build'
      """,
    subcommands: [Start.self, Stop.self, URL.self, PSQL.self, Tally.self])

  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Start the private database, and let it stay.", discussion: "Example: culprit db start")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let url = try await Workplace.cluster(try global.settings()).keep()
      Output.line(url)
    }
  }

  struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stop the private database.", discussion: "Example: culprit db stop")
    @Flag(help: "Also while other commands use it; they fail, and lose nothing that is recorded.") var force = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      try await Workplace.cluster(try global.settings()).stop(force: force)
    }
  }

  struct URL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the running private database's address.", discussion: "Example: psql \"$(culprit db url)\"")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      guard case .running(process: _, let url, isKept: _) = try await Workplace.cluster(try global.settings()).status() else {
        throw Failure("the private database doesn't run", hint: "`culprit db start` starts it and lets it stay")
      }
      Output.line(url)
    }
  }

  struct PSQL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "psql", abstract: "Open psql on the database.",
      discussion: "Example: culprit db psql -- -c 'SELECT count(*) FROM build'")
    @Argument(parsing: .postTerminator, help: "What psql is given.") var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let settings = try global.settings()
      let arguments = arguments
      // Ctrl-C is psql's to handle: it ends a statement, not the session.
      let status = try await Interruptible.run(on: [SIGTERM, SIGHUP]) {
        if let url = try settings.databaseURL() { return try await PSQLProgram.run(url, arguments) }
        return try await Workplace.withPrivateServer(settings) { lease in try await PSQLProgram.run(lease.url, arguments) }
      }
      if status != 0 { throw ExitCode(status) }
    }
  }

  struct Tally: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Work out what pages and reports are made from, as far as it is behind.",
      discussion: """
        Workers, `rescan` and `import` do this by themselves. --rebuild makes it anew from nothing, in any database: pages show the old \
        figures until it is done.

        Example: culprit db tally --rebuild
        """)
    @Flag(help: "Make it anew from nothing.") var rebuild = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let (rebuild, isQuiet) = (rebuild, global.quiet)
      try await Workplace.open(try global.settings()) { workplace in
        guard rebuild else { return try await workplace.tally(isQuiet: isQuiet) }
        let bar = ProgressBar("tallying", unit: "builds", isQuiet: isQuiet)
        let total = try await workplace.store.buildCount()
        _ = try await workplace.store.rebuildTally(today: .now) { bar.update($0, of: total) }
        bar.finish()
      }
    }
  }
}
