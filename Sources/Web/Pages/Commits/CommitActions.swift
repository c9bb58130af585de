import Analysis
import Model
import Pipeline
import Store

/// What people do about a commit.
enum CommitActions {
  static let rerun = Action(
    path: "commits/:sha/rerun", summary: "Run a commit's flaky builds again.",
    about: """
      Those whose verdict is flaky or infrastructure are asked for, each once, however often this is called. A worker sends the requests; \
      the commit's page tells what became of them.
      """,
    parameters: [
      .path("sha", .text(most: 64), "The commit, or at least four of its first digits."),
      .form("repository", .name, "`owner/name` of the repository, where several have the commit."),
    ],
    role: .operator,
    perform: { input in
      let backend = input.backend
      let judged = try await JudgeStage(store: backend.store).judge(
        commit: input.text("sha")?.lowercased() ?? "", repository: input.text("repository"), today: input.today)
      let kinds = CheckButton.rerunFlaky.kinds ?? []
      let builds = judged.builds.filter { kinds.contains($0.verdict.kind) }
      guard !builds.isEmpty else { throw WebError(.conflict, "no build of it is flaky") }
      let reachable = builds.filter { backend.providers[$0.build.provider] != nil }
      guard !reachable.isEmpty else {
        throw WebError(
          .conflict, "\(builds[0].build.provider) can't be asked to run builds again", hint: "it takes a credential in the settings"
        )
      }
      let name = Store.CommitName(repository: judged.repository, commit: judged.commit)
      try await backend.store.press(Store.Press(.rerun(reachable.map(\.id)), on: name, who: input.viewer.name))
      return Action.Done(
        location: Links.commit(judged.commit, of: judged.repository),
        detail: "\(Figures.count(reachable.count, "build")) asked for")
    })
}
