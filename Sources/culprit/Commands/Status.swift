import Analysis
import ArgumentParser
import Foundation
import Pipeline

/// `culprit status`: one commit's verdict, and why.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a commit's verdict and why, or post it.",
    discussion: "Example: culprit status 1f2e3d4 --post")

  @Argument(help: "The commit, or its first digits.")
  var commit: String

  @Option(help: "owner/name of the repository, where several have the commit.")
  var repository: String?

  @Flag(help: "Post it to GitHub, if it says something new; the cool-off is not waited for.")
  var post = false

  @Option(help: "How to print: text or json.")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let (commit, repository, post) = (commit, repository, post)
    let integrations = post ? try Integrations(settings) : nil
    if post, integrations?.host == nil {
      throw Failure("there is no credential to post with", hint: "set GITHUB_TOKEN, or github-app and its key")
    }
    let (judged, posted) = try await Workplace.open(settings) { workplace in
      let posted = try await Self.post(commit, repository, integrations, workplace)
      let judged = try await JudgeStage(store: workplace.store).judge(commit: commit, repository: repository, today: .now)
      return (judged, posted)
    }
    if let problem = posted?.problem { throw Failure(problem, hint: "`culprit doctor` checks the credential") }
    if let posted { global.note(posted.action) }
    switch format {
    case .json: Output.line(Self.json(judged).text)
    case .text: Self.print(judged, global.style(settings))
    }
  }

  private static func post(
    _ commit: String, _ repository: String?, _ integrations: Integrations?, _ workplace: Workplace
  ) async throws -> StepReport? {
    guard let integrations, let host = integrations.host else { return nil }
    let name = try await workplace.store.commit(commit, repository: repository)
    return try await PostStage(store: workplace.store, host: host, settings: integrations.posting) { .now }
      .post(name, database: workplace.database)
  }

  /// Shared with the demo.
  static func print(_ judged: JudgeStage.Judged, _ style: Style) {
    let verdict = judged.verdict
    let state =
      switch verdict.state {
      case .success: style.green(verdict.state.rawValue)
      case .pending: style.yellow(verdict.state.rawValue)
      case .failure, .error: style.red(verdict.state.rawValue)
      }
    Output.line("\(Style.inert(judged.repository)) \(judged.commit.prefix(12)) \(state): \(verdict.text)")
    for (build, verdict) in verdict.builds {
      let kind = verdict.kind.isExcused ? style.green(verdict.kind.rawValue) : style.red(verdict.kind.rawValue)
      Output.line("  \(kind): \(Style.inert(name(build))): \(Style.inert(verdict.why))")
      guard let best = verdict.best else { continue }
      let step = best.step.isEmpty ? "" : "\(Style.inert(best.step)), "
      Output.line("    \(style.bold(Style.inert(best.finding.title)))")
      Output.line("    \(style.dim("\(step)line \(best.finding.line):")) \(Style.inert(best.finding.text))")
    }
    for build in verdict.confirmedFlaky {
      Output.line("  \(style.dim("passed on a later attempt: \(Style.inert(name(build))), attempt \(build.attempt)"))")
    }
  }

  private static func name(_ build: BuildEvidence) -> String {
    build.workflow.isEmpty ? build.job : "\(build.workflow)/\(build.job)"
  }

  private static func json(_ judged: JudgeStage.Judged) -> JSONText {
    .object([
      ("repository", .string(judged.repository)), ("commit", .string(judged.commit)),
      ("state", .string(judged.verdict.state.rawValue)), ("text", .string(judged.verdict.text)),
      (
        "builds",
        .array(
          judged.verdict.builds.map { build, verdict in
            .object([
              ("workflow", .string(build.workflow)), ("job", .string(build.job)), ("attempt", .number(build.attempt)),
              ("kind", .string(verdict.kind.rawValue)), ("pattern", .optional(verdict.best?.finding.rank.id.rawValue)),
              ("step", .optional(verdict.best?.step)),
              ("line", verdict.best.map { .number($0.finding.line) } ?? .null),
              ("title", .optional(verdict.best?.finding.title)), ("why", .string(verdict.why)),
            ])
          })
      ),
      (
        "passedOnRetry",
        .array(
          judged.verdict.confirmedFlaky.map {
            .object([("workflow", .string($0.workflow)), ("job", .string($0.job)), ("attempt", .number($0.attempt))])
          })
      ),
    ])
  }
}
