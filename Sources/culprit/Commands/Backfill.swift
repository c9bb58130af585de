import Model
import ArgumentParser
import Foundation
import Pipeline

/// `culprit backfill`: what no notification told of.
struct Backfill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a provider's builds and enter those that are missing.",
    discussion: """
      Goes on where the last run stopped. Entering a build twice changes nothing. Exit code 0: all listed, 3: another backfill of \
      the project is running, 2: an error; what was entered stays, and the next run goes on.

      Example: culprit backfill acme/engine
      Example: culprit backfill gh/acme/engine --provider circleci --since 14d --dry-run
      """)

  @Argument(help: "The project, as the provider names it: owner/name, gh/owner/name.")
  var project: String

  @Option(help: "The CI system: github, circleci, gitlab, buildkite, jenkins, travis, folder.")
  var provider = "github"

  @Option(help: ArgumentHelp("How far to look back: 14d, 12h, or a date. Default: where the last run stopped, else 14d."))
  var since: Since?

  @Option(help: "Only this branch.") var branch: String?
  @Flag(help: "Say how many builds would be entered; enter none.") var dryRun = false
  @Option(help: "How to print the result: text or json.") var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let integrations = try Integrations(settings)
    guard let source = integrations.providers[provider] else {
      let known = integrations.providers.keys.sorted().joined(separator: ", ")
      throw Failure("no provider \"\(provider)\" is configured", hint: "there are \(known); jenkins and folder need an address")
    }
    let (project, branch, since, dryRun, quiet) = (project, branch ?? "", since?.seconds, dryRun, global.quiet)
    let result = try await Workplace.open(settings) { workplace in
      try await BackfillStage(store: workplace.store, provider: source).run(
        project, branch: branch, since: since, database: workplace.database, dryRun: dryRun
      ) { result in
        if !quiet { Output.error("page \(result.pages): \(result.seen) builds so far, \(result.entered) of them new") }
      }
    }
    switch format {
    case .json:
      Output.line(
        JSONText.object([
          ("pages", .number(result.pages)), ("builds", .number(result.seen)), ("failed", .number(result.failed)),
          ("entered", .number(result.entered)), ("changed", .number(result.changed)),
        ]).text)
    case .text:
      let verb = dryRun ? "would be entered" : "entered"
      Output.line("\(result.seen) builds, \(result.failed) of them failed; \(result.entered) \(verb), \(result.changed) changed")
    }
    guard result.isComplete else {
      throw Failure("it stopped after \(result.pages) pages", hint: "what was entered stays; run it again, and it goes on")
    }
  }
}
