import Model

/// The filters above a list, as a form that works without scripts, and as links where there are few choices.
struct FilterView: Sendable {
  let action: String
  let repository: String
  let branch: String
  let job: String
  let hasJobs: Bool
  let times: [Choice]
  let verdicts: [Choice]
  let hasVerdicts: Bool
  /// Parts of the query that the form has no field for.
  let hidden: [Pair]
  /// What is chosen, each with the way to let go of it.
  let chosen: [Chosen]
  /// The time in words: `the last 14 days`.
  let span: String

  /// Whether builds of all times are among the choices.
  enum Times { case bounded, any }

  struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
  }

  struct Pair: Sendable {
    let name: String
    let value: String
  }

  struct Chosen: Sendable {
    let label: String
    let link: String
  }

  private static let spans = [
    ("1d", "the last day"), ("7d", "the last 7 days"), ("14d", "the last 14 days"), ("30d", "the last 30 days"),
    ("90d", "the last 90 days"), ("180d", "the last half year"), ("365d", "the last year"),
  ]

  /// A time that is given as `since`, in words.
  static func words(for since: String) -> String {
    if let span = spans.first(where: { $0.0 == since }) { return span.1 }
    let units: [Character: String] = ["h": "hours", "d": "days", "w": "weeks"]
    if let unit = since.last.flatMap({ units[$0] }) { return "the last \(since.dropLast()) \(unit)" }
    return since.isEmpty ? "all times" : "the time since \(since)"
  }

  /// - Parameters:
  ///   - times: what choice of times the form has.
  ///   - jobs: whether it has a field for a job.
  ///   - verdicts: whether it has a choice of verdicts of patterns.
  init(_ input: PageInput, times choice: Times, verdicts: Bool, jobs: Bool = true) {
    action = input.path
    repository = input.text("repository") ?? ""
    branch = input.text("branch") ?? ""
    job = input.text("job") ?? ""
    let since = input.text("since") ?? ""
    span = Self.words(for: since)
    hasJobs = jobs
    var spans = choice == .any ? [Choice(value: "", label: "all", isChosen: since.isEmpty)] : []
    spans += Self.spans.map { Choice(value: $0.0, label: $0.1, isChosen: $0.0 == since) }
    if !since.isEmpty, !spans.contains(where: \.isChosen) {
      spans.append(Choice(value: since, label: span, isChosen: true))
    }
    self.times = spans
    hasVerdicts = verdicts
    let verdict = verdicts ? input.text("verdict") ?? "" : ""
    self.verdicts =
      [Choice(value: "", label: "all", isChosen: verdict.isEmpty)]
      + PatternVerdict.allCases.map { Choice(value: $0.rawValue, label: $0.rawValue, isChosen: $0.rawValue == verdict) }
    let fields = Set(
      ["repository", "branch", "since", "cursor"] + (jobs ? ["job"] : []) + (verdicts ? ["verdict"] : []))
    hidden = input.query.filter { !fields.contains($0.key) && !$0.value.isEmpty }.sorted { $0.key < $1.key }
      .map { Pair(name: $0.key, value: $0.value) }
    chosen = input.query.filter { !["since", "limit", "cursor", Parameter.sortName].contains($0.key) && !$0.value.isEmpty }.sorted {
      $0.key < $1.key
    }
    .map { Chosen(label: $0.value == "1" ? $0.key : "\($0.key) \($0.value)", link: input.link([$0.key: nil])) }
  }
}
