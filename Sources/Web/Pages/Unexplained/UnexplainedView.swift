import Pipeline
import Store

struct UnexplainedView: Sendable {
  let days: Int
  /// The number of builds, and the list of them.
  let buildsText: String
  let buildsLink: String
  let clustersText: String
  let hasBuilds: Bool
  /// The builds in no cluster; nil if there are none.
  let untoldText: String?
  let untold: [Untold]
  let isRunning: Bool
  let isReady: Bool
  let link: String
  let detail: String?
  let made: String?
  let spans: [Span]
  let repository: String
  let job: String
  /// What the form has no field for.
  let hidden: [FilterView.Pair]
  /// What the clusters can be sorted by.
  let columns: [ColumnView]
  let clusters: [Cluster]
  let isLaterPage: Bool
  let firstLink: String
  let nextLink: String?
  let hasNone: Bool
  let hasNoSuch: Bool
  let canRefresh: Bool

  struct Span: Sendable {
    let name: String
    let link: String
    let isChosen: Bool
  }

  struct Untold: Sendable {
    let name: String
    let buildLink: String
    let place: String
  }

  struct Cluster: Sendable {
    let title: String
    let builds: String
    let seen: String
    let jobs: [String]
    let moreJobs: String?
    let samples: [Sample]
    let yaml: String?
    let tryLink: String?
  }

  struct Sample: Sendable {
    let text: String
    let place: String
    let link: String
  }

  private static let mostJobs = 4

  init(_ value: Unexplained, _ input: PageInput) {
    let days = input.number("days") ?? 14
    self.days = days
    isRunning = value.state == "running"
    isReady = value.state == "ready"
    link = input.link([:])
    detail = value.detail
    made = value.madeAt.map { Figures.ago(min($0, input.now), now: input.now) }
    spans = Set([7, 14, 30, 90, days]).sorted().map {
      .init(name: "\($0) days", link: input.link(["days": "\($0)"]), isChosen: $0 == days)
    }
    hasBuilds = isReady && value.builds > 0
    hasNone = isReady && value.builds == 0
    buildsText = "\(value.isCut ? "The latest " : "")\(Figures.count(value.builds, "failed build")) that nothing explains"
    buildsLink = PageInput.link("/builds", ["unexplained": "1", "since": "\(days)d"])
    clustersText = Figures.count(value.clusterCount, "cluster")
    untoldText = value.untold > 0 ? "\(Figures.count(value.untold)) \(Suggestions.whyUntold(value.untold))" : nil
    untold = value.untoldBuilds.map {
      Untold(name: $0.job, buildLink: "/builds/\($0.build)", place: String($0.commit.prefix(10)))
    }
    let isFiltered = input.text("repository") != nil || input.text("job") != nil
    hasNoSuch = hasBuilds && value.clusters.isEmpty && isFiltered && input.cursor == nil
    isLaterPage = input.cursor != nil
    firstLink = input.link([:])
    nextLink = value.next.map { input.page($0) }
    (repository, job) = (input.text("repository") ?? "", input.text("job") ?? "")
    hidden = [("days", String(days)), (Parameter.sortName, input.query[Parameter.sortName] ?? "")].filter { !$0.1.isEmpty }
      .map { FilterView.Pair(name: $0.0, value: $0.1) }
    let sorting = input.sorting(usual: UnexplainedPage.usual)
    columns = [
      ColumnView("size", .descending(.builds), sorting, input), ColumnView("first seen", .descending(.firstSeen), sorting, input),
      ColumnView("last seen", .descending(.lastSeen), sorting, input),
    ]
    canRefresh = input.viewer.role >= .curator
    clusters = value.clusters.map { cluster in
      let (first, last) = (Figures.time(cluster.firstSeen).prefix(10), Figures.time(cluster.lastSeen).prefix(10))
      return Cluster(
        title: cluster.draft?.title ?? cluster.samples.first?.text ?? "", builds: Figures.count(cluster.builds, "build"),
        seen: first == last ? String(first) : "\(first) to \(last)", jobs: Array(cluster.jobs.prefix(Self.mostJobs)),
        moreJobs: cluster.jobs.count > Self.mostJobs ? "and \(cluster.jobs.count - Self.mostJobs) more" : nil,
        samples: cluster.samples.map { sample in
          Sample(
            text: sample.text, place: "\(sample.commit.prefix(10)), line \(sample.line)",
            link: Links.line(sample.line, ofLog: sample.log, ofBuild: sample.build))
        },
        yaml: cluster.draft?.yaml, tryLink: cluster.draft.map { PageInput.link("/try", ["file": $0.yaml]) })
    }
  }
}
