import ArgumentParser
import Foundation
import Model
import Store

/// `culprit overrule`: a person's word on one build.
struct Overrule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Overrule the verdict on a build.",
    discussion: """
      Stands whatever a rescan finds, is shown with its reason and recorded in the audit trail. Of several attempts the last one \
      is meant.

      Example: culprit overrule 1f2e3d4 linux --as flaky --reason 'fails on main, too, since the kernel update'
      """)

  @Argument(help: "The commit, or its first digits.") var commit: String
  @Argument(help: "The job, or workflow/job.") var job: String
  @Option(name: .customLong("as"), help: "new, unknown, unread, flaky, infrastructure, known or upstream.") var kind: BuildKind
  @Option(help: "Why.") var reason: String
  @Option(help: "owner/name of the repository, where several have the commit.") var repository: String?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else { throw Failure("--reason is empty", hint: "say why") }
    let (commit, job, kind, reason, repository) = (commit, job, kind, reason, repository)
    let name = try await Workplace.open(settings) { workplace in
      let name = try await workplace.store.commit(commit, repository: repository)
      try await workplace.store.overrule(name, job: job, kind: kind, who: Person.name, reason: reason)
      return name
    }
    Output.line("\(Style.inert(job)) of \(name.commit.prefix(12)) counts as \(kind.rawValue)")
  }
}

extension BuildKind: ExpressibleByArgument {}
