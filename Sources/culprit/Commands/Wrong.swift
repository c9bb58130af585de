import ArgumentParser
import Foundation
import Model
import Pipeline
import Store

/// `culprit wrong`: a person says that a verdict is wrong.
struct Wrong: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report a verdict as wrong.",
    discussion: """
      It counts against the pattern that decided, with the build as evidence: excuses that are reported as wrong on several builds \
      make it suspect, and then it excuses nothing. The verdict itself stays; `culprit overrule` changes it. Of several attempts the \
      last one is meant. Who reports a build again replaces the reason.

      Example: culprit wrong 1f2e3d4 linux --reason 'this was our change, not the network'
      """)

  @Argument(help: "The commit, or its first digits.") var commit: String
  @Argument(help: "The job, or workflow/job.") var job: String
  @Option(help: "Why.") var reason: String?
  @Flag(help: "Take your report back.") var withdraw = false
  @Option(help: "owner/name of the repository, where several have the commit.") var repository: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard withdraw != (reason != nil) else { throw ValidationError("Give either --reason or --withdraw.") }
  }

  func run() async throws {
    let settings = try global.settings()
    let (commit, job, repository) = (commit, job, repository)
    guard let reason else {
      let withdrawn = try await Workplace.open(settings) {
        try await WrongReports(store: $0.store).withdraw(commit: commit, repository: repository, job: job, who: Person.name)
      }
      guard withdrawn else {
        throw Failure("\(Person.name) has not reported \(job)", hint: "only your own report can be taken back")
      }
      Output.line("the report is taken back")
      return
    }
    guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else { throw Failure("--reason is empty", hint: "say why") }
    let reported = try await Workplace.open(settings) {
      try await WrongReports(store: $0.store).report(
        commit: commit, repository: repository, job: job, who: Person.name, reason: reason, today: .now)
    }
    let pattern = reported.verdict.pattern.map { ", which rests on \($0)" } ?? ""
    Output.line(
      "reported: \(Style.inert(job)) of \(reported.commit.commit.prefix(12)) is not \(reported.verdict.kind.rawValue)\(pattern)")
  }
}
