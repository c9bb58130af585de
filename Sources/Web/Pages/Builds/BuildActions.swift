import Model
import Pipeline
import Store

/// What people say of a build's verdict.
enum BuildActions {
  private static let id = Parameter.path("id", .number(1...Int.max), "The build's number.")
  private static let reason = Parameter.form("reason", .text(most: 1_000), "Why, in words for others.", needed: true)

  /// What a person may say that a failure is. That a log wasn't read is not for anybody to say.
  static let kinds = BuildKind.allCases.filter { $0 != .unread }.map(\.rawValue)

  static let overrule = Action(
    path: "builds/:id/overrule", summary: "Overrule a failed build's verdict.",
    about: "It holds for the last attempt of that job on that commit, and no rescan undoes it.",
    parameters: [
      id, .form("kind", .choice(kinds), "What it is.", needed: true), reason,
    ],
    perform: { input in
      let (_, build) = try await failed(input)
      let kind = BuildKind(rawValue: input.text("kind") ?? "") ?? .new
      try await input.backend.store.overrule(
        build: build.id, kind: kind, who: input.viewer.name, reason: input.text("reason") ?? "")
      return done(build, "\(build.build.job) is \(kind.rawValue) now")
    })

  static let wrong = Action(
    path: "builds/:id/wrong", summary: "Report a failed build's verdict as wrong.",
    about: """
      It holds for the last failed attempt of that job on that commit, and counts against the pattern whose finding decided. A second report \
      of the same person replaces the first. Where no pattern decided, there is none to report.
      """,
    parameters: [id, reason],
    perform: { input in
      let (name, build) = try await failed(input)
      _ = try await WrongReports(store: input.backend.store).report(
        build: build.id, of: name, who: input.viewer.name, reason: input.text("reason") ?? "", today: input.today)
      return done(build, "reported as wrong")
    })

  static let known = Action(
    path: "builds/:id/known", summary: "Mark a failure as a known problem.",
    about: """
      From this commit on, failures of this job that the same pattern decides are excused, until the known problem is resolved. Where no \
      pattern decided, every failure of the job is.
      """,
    parameters: [id, reason, .form("issue", .address(most: 2_000), "Link to the ticket.")],
    perform: { input in
      let (name, build) = try await failed(input)
      let verdict = try await WrongReports(store: input.backend.store).verdict(onBuild: build.id, of: name, today: input.today)
        .verdict
      _ = try await input.backend.store.add(
        KnownProblem(
          repository: name.repository, jobs: [build.build.job], fromCommit: name.commit,
          patterns: verdict.pattern.map { [$0] } ?? [],
          reason: input.text("reason") ?? "", issue: input.text("issue"), who: input.viewer.name))
      return done(build, "marked as a known problem")
    })

  // MARK: -

  private static func failed(_ input: PageInput) async throws -> (Store.CommitName, Store.BuildDetail) {
    let detail = try await input.backend.store.buildDetail(Int64(input.number("id") ?? 0))
    guard detail.build.outcome.isFailure else { throw WebError(.conflict, "build \(detail.id) did not fail") }
    return (Store.CommitName(repository: detail.build.repository, commit: detail.build.commit), detail)
  }

  private static func done(_ detail: Store.BuildDetail, _ what: String) -> Action.Done {
    Action.Done(location: Links.commit(detail.build.commit, of: detail.build.repository) + "#build-\(detail.id)", detail: what)
  }
}
