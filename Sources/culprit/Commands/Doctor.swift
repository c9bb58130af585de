import Analysis
import ArgumentParser
import Foundation
import LogArchive
import Postgres
import Store

/// `culprit doctor`: what is wrong, and how to mend it.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check configuration, database, archive and patterns.",
    discussion: """
      Prints the effective configuration with secrets masked. Exit code 0: all is well, 1: something is wrong.

      Example: culprit doctor
      """)

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let style = global.style(settings)
    Self.tell(settings, style)
    // Whoever stops it leaves no private server behind.
    let isWell = try await Interruptible.run {
      var isWell = true
      for (name, check) in Self.checks(settings) where try await !Self.passes(name, check, style) { isWell = false }
      return isWell
    }
    if !isWell { throw ExitCode(1) }
  }

  private static func tell(_ settings: Settings, _ style: Style) {
    for setting in Setting.allCases {
      guard let (text, origin) = settings.told(setting) else { continue }
      Output.line("\(setting.rawValue): \(Style.inert(text)) \(style.dim("(\(origin))"))")
    }
    Output.line("data folder: \(Style.inert(settings.dataFolder))")
  }

  private static func passes(_ name: String, _ check: () async throws -> String, _ style: Style) async throws -> Bool {
    // What can't be told to anyone need not be found out.
    try Output.check()
    do {
      let told = try await check()
      try Task.checkCancellation()
      Output.line("\(style.green("ok")): \(name): \(Style.inert(told))")
      return true
    } catch let error as CancellationError {
      throw error
    } catch {
      let failure = Failure(describing: error) ?? Failure("\(error)")
      Output.line("\(style.red("wrong")): \(name): \(Style.inert(failure.message))")
      if let hint = failure.hint { Output.line("  hint: \(Style.inert(hint))") }
      return false
    }
  }

  private static func checks(_ settings: Settings) -> [(name: String, check: @Sendable () async throws -> String)] {
    [
      ("patterns", { try patterns(settings) }), ("database", { try await database(settings) }),
      ("archive", { try archive(settings) }),
    ]
  }

  private static func patterns(_ settings: Settings) throws -> String {
    let folder = try settings.patternFolder(nil)
    return "\(try Catalog.load(folder).patterns.count) in \(folder)"
  }

  private static func database(_ settings: Settings) async throws -> String {
    if let url = try settings.databaseURL() {
      return try await look(at: try ConnectionConfiguration(url: url), name: "from the environment")
    }
    return try await Workplace.withPrivateServer(settings) { lease in
      try await look(at: try lease.configuration, name: "private, in \(settings.dataFolder)/postgres")
    }
  }

  private static func archive(_ settings: Settings) throws -> String {
    try LogArchive(folder: settings.archiveFolder).check()
    return "can be written and read, in \(settings.archiveFolder)"
  }

  private static func look(at database: ConnectionConfiguration, name: String) async throws -> String {
    let connection = try await Connection.connect(database)
    let version = try await connection.run { try $0.query("SHOW server_version").only().decode(String.self, "server_version") }
    let pending = try await Workplace.migrator().pending(connection)
    if pending.count > 0, pending[0].version > 1 {
      throw Failure("\(pending.count) migrations are pending", hint: "run `culprit migrate`")
    }
    return "PostgreSQL \(version), \(name)\(pending.isEmpty ? "" : "; still empty")"
  }
}
