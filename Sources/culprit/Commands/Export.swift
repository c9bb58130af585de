import ArgumentParser
import Foundation
import Store

/// `culprit export`: the ledger for other tools.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what is in the database for other tools.",
    discussion: "Example: culprit export findings --format json",
    subcommands: [Findings.self])

  struct Findings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print every finding, in a stable order.",
      discussion: """
        JSON Lines, by repository, commit, job, attempt, step, line, start and pattern.

        Example: culprit export findings --format json > findings.jsonl
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case json }

    @Option(help: "How to print: json (JSON Lines).")
    var format = Format.json

    @OptionGroup var global: GlobalOptions

    func run() async throws {
      try await Workplace.open(try global.settings()) { workplace in
        try await workplace.store.exportFindings { exported in
          let build = exported.build
          var members: [(String, JSONText)] = [
            ("repository", .string(build.repository)), ("commit", .string(build.commit)), ("provider", .string(build.provider)),
            ("externalId", .string(build.externalID)), ("workflow", .string(build.workflow)), ("job", .string(build.job)),
            ("attempt", .number(build.attempt)), ("step", .string(exported.step)),
          ]
          members += FindingPrinter.place(of: exported.finding)
          members += [
            ("pattern", .string(exported.finding.pattern.rawValue)),
            ("captures", FindingPrinter.captures(of: exported.finding)),
          ]
          if exported.finding.windowed { members.append(("windowed", .bool(true))) }
          members.append(("text", .string(exported.finding.text)))
          Output.line(JSONText.object(members).text)
          try Output.check()
        }
      }
    }
  }
}
