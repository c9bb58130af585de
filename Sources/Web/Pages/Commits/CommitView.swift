import Model

/// What the template `commit` shows.
struct CommitView: Sendable {
  let sha: String
  let shortSha: String
  let repository: String
  let branch: String
  let branchLink: String
  let pullRequestText: String?
  let state: String
  let stateClass: String
  let text: String
  let postedText: String
  let differsFromPosted: Bool
  let buildCount: String
  let hasFailed: Bool
  let attention: [BuildView]
  let hasAttention: Bool
  let excused: [BuildView]
  let hasExcused: Bool
  let retried: [RetriedView]
  let hasRetried: Bool
  let posts: [PostView]
  let rerunPath: String?
  let rerunText: String
  let canSay: Bool
  let kinds: [String]

  struct BuildView: Sendable {
    let id: Int64
    let job: String
    let attemptText: String?
    let link: String
    let providerLink: String?
    let provider: String
    let kind: String
    let why: String
    let tellingTitle: String?
    let tellingText: String?
    let tellingLink: String?
    let lineText: String?
    let pattern: String?
    let patternLink: String?
    let revisionText: String?
    let remedyMarkup: Markup
    let contextLines: [LineView]
    let hasContext: Bool
    let actionPath: String
    let canBeKnown: Bool
    /// Whether a pattern decided, which a report could count against.
    let mayReport: Bool
    let isUnexplained: Bool
    let rerunNote: String?
  }

  struct LineView: Sendable {
    let number: String
    let text: String
    let isTelling: Bool
  }

  struct RetriedView: Sendable {
    let job: String
    let attempt: Int
    let link: String
  }

  struct PostView: Sendable {
    let what: String
    let state: String
    let stateClass: String
    let text: String
    let note: String
    let time: String
    let ago: String
  }

  init(_ commit: CommitReport, _ input: PageInput) {
    sha = commit.commit
    shortSha = String(commit.commit.prefix(12))
    repository = commit.repository
    branch = commit.branch
    branchLink = PageInput.link("/commits", ["repository": commit.repository, "branch": commit.branch])
    pullRequestText = commit.pullRequest.map { "#\($0)" }
    let hasFailed = !commit.builds.isEmpty
    self.hasFailed = hasFailed
    state = commit.state
    stateClass = commit.state
    text = commit.text
    postedText =
      commit.posted.map { "posted \(Figures.ago($0.at, now: input.now))" + ($0.phase == "sending" ? ", not answered yet" : "") }
      ?? "not posted"
    differsFromPosted = commit.posted.map { $0.text != commit.text || $0.state != commit.state } ?? false
    buildCount = Figures.count(commit.buildCount, "build")
    let builds = commit.builds.map { Self.view($0, now: input.now) }
    attention = zip(builds, commit.builds).filter { !$1.isExcused }.map(\.0)
    excused = zip(builds, commit.builds).filter { $1.isExcused }.map(\.0)
    hasAttention = !attention.isEmpty
    hasExcused = !excused.isEmpty
    retried = commit.passedOnRetry.map {
      RetriedView(job: Self.job($0.workflow, $0.job), attempt: $0.attempt, link: "/builds/\($0.id)")
    }
    hasRetried = !retried.isEmpty
    posts = commit.posts.map { post in
      PostView(
        what: ["status": "status", "check_run": "check run", "comment": "comment"][post.kind] ?? post.kind, state: post.state,
        stateClass: post.state, text: post.text,
        note: post.phase == "posted" ? "" : post.phase + (post.answer.map { ": \($0)" } ?? ""), time: Figures.time(post.at),
        ago: Figures.ago(post.at, now: input.now))
    }
    let flaky = commit.builds.count { [BuildKind.flaky, .infrastructure].map(\.rawValue).contains($0.kind) }
    let mayRerun = flaky > 0 && input.viewer.role >= .operator
    rerunPath = mayRerun ? "/commits/\(commit.commit)/rerun" : nil
    rerunText = "Run \(Figures.count(flaky, "flaky build")) again"
    canSay = input.viewer.role >= .curator
    kinds = BuildActions.kinds
  }

  private static func job(_ workflow: String?, _ job: String) -> String { workflow.map { "\($0) / \(job)" } ?? job }

  private static let phases = [
    "pending": "To be run again", "sending": "Being run again", "sent": "Run again", "refused": "Not run again",
    "needless": "Not run again", "unknown": "Whether it runs again is not known",
  ]

  private static func view(_ build: CommitReport.FailedBuild, now: Double) -> BuildView {
    let telling = build.telling
    return BuildView(
      id: build.id, job: job(build.workflow, build.job), attemptText: build.attempt > 1 ? "attempt \(build.attempt)" : nil,
      link: "/builds/\(build.id)", providerLink: build.url.flatMap { Links.outside($0) }, provider: build.provider,
      kind: build.kind,
      why: build.why, tellingTitle: telling?.title,
      tellingText: telling?.text, tellingLink: telling.map { Links.line($0.line, ofLog: $0.log, ofBuild: build.id) },
      lineText: telling.map { ($0.step.map { "\($0), " } ?? "") + "line \(Figures.count($0.line))" }, pattern: telling?.pattern,
      patternLink: telling.map { "/patterns/\($0.pattern)" }, revisionText: telling?.revision.map { "revision \($0)" },
      remedyMarkup: Remedy.markup(telling?.remedy),
      contextLines: (telling?.context ?? []).map {
        LineView(number: String($0.number), text: $0.text, isTelling: $0.number == telling?.line)
      },
      hasContext: !(telling?.context ?? []).isEmpty, actionPath: "/builds/\(build.id)",
      canBeKnown: !build.isExcused && build.kind != BuildKind.unread.rawValue,
      mayReport: telling != nil && build.kind != BuildKind.unknown.rawValue,
      isUnexplained: build.kind == BuildKind.unknown.rawValue,
      rerunNote: build.rerun.map { rerun in
        "\(phases[rerun.phase] ?? rerun.phase), asked for by \(rerun.who) \(Figures.ago(rerun.at, now: now))"
          + (rerun.answer.map { ": \($0)" } ?? "")
      })
  }
}
