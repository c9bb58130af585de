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
    for setting in Setting.allCases {
      guard let (text, origin) = settings.told(setting) else { continue }
      Output.line("\(setting.rawValue): \(Style.inert(text)) \(style.dim("(\(origin))"))")
    }
    Output.line("data folder: \(Style.inert(settings.dataFolder))")
    var isWell = true
    func check(_ name: String, _ body: () async throws -> String) async {
      do {
        Output.line("\(style.green("ok")): \(name): \(try await body())")
      } catch {
        isWell = false
        let failure = Failure(describing: error) ?? Failure("\(error)")
        Output.line("\(style.red("wrong")): \(name): \(failure.message)")
        if let hint = failure.hint { Output.line("  hint: \(hint)") }
      }
    }
    await check("patterns") {
      let folder = try settings.patternFolder(nil)
      return "\(try Catalog.load(folder).patterns.count) in \(folder)"
    }
    await check("database") {
      if let url = try settings.databaseURL() {
        return try await Self.look(at: try ConnectionConfiguration(url: url), name: "from the environment")
      }
      let lease = try await Workplace.cluster(settings).acquire()
      do {
        let told = try await Self.look(at: try lease.configuration, name: "private, in \(settings.dataFolder)/postgres")
        try await lease.release()
        return told
      } catch {
        try? await lease.release()
        throw error
      }
    }
    await check("archive") {
      let archive = try LogArchive(folder: settings.archiveFolder)
      try archive.probe()
      return "can be written, in \(settings.archiveFolder)"
    }
    if !isWell { throw ExitCode(1) }
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
