import Model
import Store

/// Commits with failed builds.
enum CommitsPage {
  static let usual: Sorting<Store.CommitKey> = .descending(.lastAt)

  static let page = Page<Listing<CommitSummary>>(
    path: "commits", summary: "Commits with failed builds, the newest first unless sorted otherwise.",
    parameters: [
      .query("repository", .name, "Only commits of this repository, `owner/name`."),
      .query("branch", .name, "Only commits with failed builds on this branch; what is counted is what happened there."),
      .query("attention", .flag, "Only commits with a failure that neither it itself nor a known problem excuses."),
      .query("since", .since, "Only commits whose last build finished since."), .sort(usual: usual), .limit, .cursor,
    ],
    isCounted: true,
    load: { input in
      let filter = Store.TallyFilter(repository: input.text("repository"), branch: input.text("branch"))
      let page = try await input.backend.store.commitPage(
        filter, onlyAttention: input.flag("attention"), since: input.moment("since"),
        sortedBy: input.sorting(usual: usual), after: input.cursor?.keys.first, most: input.limit)
      return Listing(items: page.rows.map { CommitSummary($0) }, next: page.next.map { input.next(after: [$0]) })
    },
    view: { commits, input in Page.View("commits", title: "Commits", CommitsView(commits, input)) })
}

/// A commit in a list.
struct CommitSummary: APIValue {
  let repository: String
  let commit: String
  let branch: String
  let pullRequest: Int?
  /// When its first and its last build finished.
  let firstAt: Double
  let lastAt: Double
  let builds: Int
  /// Failed builds that no later attempt replaced, and those that neither they themselves nor a known problem excuses.
  let failed: Int
  let attention: Int
  let posted: Posted?

  static let schema = Schema.object(
    "CommitSummary",
    [
      "repository": .string, "commit": .string, "branch": .string, "pullRequest": .optional(.integer), "firstAt": .time,
      "lastAt": .time, "builds": .integer, "failed": .integer, "attention": .integer, "posted": .optional(Posted.schema),
    ])

  /// The last status that was posted.
  struct Posted: APIValue {
    let state: String
    let text: String
    let at: Double

    static let schema = Schema.object("Posted", ["state": .string, "text": .string, "at": .time])
  }

  init(_ row: Store.CommitRow) {
    repository = row.repository
    commit = row.commit
    branch = row.branch
    pullRequest = row.pullRequest
    firstAt = row.firstAt
    lastAt = row.lastAt
    builds = row.builds
    failed = row.failed
    attention = row.attention
    posted = row.post.map { Posted(state: $0.state, text: $0.text, at: $0.at) }
  }
}

/// What the template `commits` shows.
struct CommitsView: Sendable {
  let filters: FilterView
  let allLink: String
  let attentionLink: String
  let onlyAttention: Bool
  let columns: [ColumnView]
  let commits: [Row]
  let isLaterPage: Bool
  let firstLink: String
  let nextLink: String?

  struct Row: Sendable {
    let commit: String
    let link: String
    let repository: String
    let branch: String
    let pullRequestText: String?
    let failed: String
    let label: String
    let labelClass: String
    let statusText: String
    let time: String
    let ago: String
  }

  init(_ commits: Listing<CommitSummary>, _ input: PageInput) {
    filters = FilterView(input, times: .any, verdicts: false, jobs: false)
    onlyAttention = input.flag("attention")
    allLink = input.link(["attention": nil])
    attentionLink = input.link(["attention": "1"])
    columns = [
      ColumnView("Commit"), ColumnView("Status"), ColumnView("Branch"), ColumnView("Failed", classes: "number"),
      ColumnView("Last build", .descending(.lastAt), input.sorting(usual: CommitsPage.usual), input),
    ]
    self.commits = commits.items.map { commit in
      let needs = commit.attention > 0
      return Row(
        commit: String(commit.commit.prefix(10)), link: Links.commit(commit.commit, of: commit.repository),
        repository: commit.repository, branch: commit.branch, pullRequestText: commit.pullRequest.map { "#\($0)" },
        failed: "\(Figures.count(commit.failed)) of \(Figures.count(commit.builds))",
        label: commit.posted?.state ?? (needs ? "needs attention" : "excused"),
        labelClass: commit.posted?.state ?? (needs ? "bad" : "good"),
        statusText: commit.posted?.text
          ?? (needs ? "\(Figures.count(commit.attention)) to look at; nothing posted" : "nothing posted"),
        time: Figures.time(commit.lastAt), ago: Figures.ago(commit.lastAt, now: input.now))
    }
    isLaterPage = input.cursor != nil
    firstLink = input.link([:])
    nextLink = commits.next.map { input.link(["cursor": $0]) }
  }
}
