import Analysis
import Model
import Pipeline
import Store

/// What people say of a build's verdict.
enum BuildActions {
  private static let id = Parameter.path("id", .number(1...Int.max), "The build's number.")
  private static let reason = Parameter.form("reason", .text(most: 1_000), "Why, in words for others.", needed: true)

  static let overrule = Action(
    path: "builds/:id/overrule", summary: "Overrule a failed build's verdict.",
    about: "It holds for the last attempt of that job on that commit, and no rescan undoes it.",
    parameters: [
      id, .form("kind", .choice(BuildKind.allCases.map(\.rawValue)), "What it is.", needed: true), reason,
    ],
    perform: { input in
      let (name, build) = try await failed(input)
      let kind = BuildKind(rawValue: input.text("kind") ?? "") ?? .new
      try await input.backend.store.overrule(
        name, job: jobName(build.build), kind: kind, who: input.viewer.name, reason: input.text("reason") ?? "")
      return done(build, "\(build.build.job) is \(kind.rawValue) now")
    })

  static let wrong = Action(
    path: "builds/:id/wrong", summary: "Report a failed build's verdict as wrong.",
    about: "It counts against the pattern whose finding decided. A second report of the same person replaces the first.",
    parameters: [id, reason],
    perform: { input in
      let (name, build) = try await failed(input)
      let (kind, pattern) = try await verdict(of: build, on: name, input)
      try await input.backend.store.reportWrong(
        build: build.id, verdict: .init(kind: kind, pattern: pattern), who: input.viewer.name, reason: input.text("reason") ?? "")
      return done(build, "reported as wrong")
    })

  static let known = Action(
    path: "builds/:id/known", summary: "Mark a failure as a known problem.",
    about: """
      From this commit on, failures of this job that the same pattern decides are excused, until the known problem is resolved. Where no \
      pattern decided, every failure of the job is.
      """,
    parameters: [id, reason, .form("issue", .text(most: 2_000), "Link to the ticket.")],
    perform: { input in
      let (name, build) = try await failed(input)
      let (_, pattern) = try await verdict(of: build, on: name, input)
      if let issue = input.text("issue"), Links.outside(issue) == nil {
        throw WebError(.badRequest, "issue must be an http or https address", field: "issue")
      }
      _ = try await input.backend.store.add(
        KnownProblem(
          repository: name.repository, jobs: [build.build.job], fromCommit: name.commit, patterns: pattern.map { [$0] } ?? [],
          reason: input.text("reason") ?? "", issue: input.text("issue"), who: input.viewer.name))
      return done(build, "marked as a known problem")
    })

  // MARK: -

  private static func failed(_ input: PageInput) async throws -> (Store.CommitName, Store.BuildDetail) {
    let detail = try await input.backend.store.buildDetail(Int64(input.number("id") ?? 0))
    guard detail.build.outcome.isFailure else { throw WebError(.conflict, "build \(detail.id) did not fail") }
    return (Store.CommitName(repository: detail.build.repository, commit: detail.build.commit), detail)
  }

  /// The verdict as it is now, on the attempt that counts.
  private static func verdict(
    of detail: Store.BuildDetail, on name: Store.CommitName, _ input: PageInput
  ) async throws -> (BuildKind, PatternID?) {
    let facts = try await input.backend.store.facts(ofCommit: name.commit, repository: name.repository)
    let build = detail.build
    let found = JudgeStage.verdict(of: facts, today: input.today).builds.first { evidence, _ in
      evidence.provider == build.provider && evidence.workflow == build.workflow && evidence.job == build.job
    }
    guard let verdict = found?.verdict else {
      throw WebError(.conflict, "\(build.job) passed in another attempt, so there is no verdict on it")
    }
    return (verdict.kind, verdict.best.flatMap { $0.finding.rank.fallback ? nil : $0.finding.rank.id })
  }

  private static func jobName(_ build: Build) -> String { build.workflow.isEmpty ? build.job : "\(build.workflow)/\(build.job)" }

  private static func done(_ detail: Store.BuildDetail, _ what: String) -> Action.Done {
    Action.Done(location: Links.commit(detail.build.commit, of: detail.build.repository) + "#build-\(detail.id)", detail: what)
  }
}
