import ArgumentParser
import Foundation
import Model
import Store

/// `culprit patterns trust`: a person's word that a suspect pattern is right.
struct PatternsTrust: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Believe a suspect pattern again.",
    discussion: """
      Nothing else takes the mark away. It doesn't come back unless what the pattern matches changes. Recorded in the audit trail; \
      statuses that were posted lately are computed again.

      Example: culprit patterns trust network/curl-reset --reason 'the passing builds retried, and say so'
      """)

  @Argument(help: "The pattern's id.") var id: String
  @Option(help: "Why.") var reason: String

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else { throw Failure("--reason is empty", hint: "say why") }
    let (id, reason) = (id, reason)
    try await Workplace.open(settings) {
      try await $0.store.clearSuspect(PatternID(id), who: Person.name, reason: reason)
    }
    Output.line("\(Style.inert(id)) is not suspect any more")
  }
}
