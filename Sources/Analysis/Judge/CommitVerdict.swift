import Model

/// What a commit's failed builds add up to: the one status that is posted.
package struct CommitVerdict: Sendable {
  package let state: State
  /// At most 140 characters, GitHub's limit for a status.
  package let text: String
  /// The builds that count, in the order in which they were given.
  package let builds: [(build: BuildEvidence, verdict: BuildVerdict)]
  /// Failed builds that a passing later attempt proved flaky; they need nobody and don't count.
  package let confirmedFlaky: [BuildEvidence]

  package enum State: String, Sendable, Codable { case pending, success, failure, error }

  package static let longestText = 140

  /// - Parameter builds: all attempts of all jobs of the commit, whatever their outcome.
  package static func of(_ builds: [BuildEvidence], today: CalendarDay) -> CommitVerdict {
    var latest: [Job: BuildEvidence] = [:]
    let passed = Set(builds.filter { $0.outcome == .success }.map(Job.init))
    for build in builds where build.outcome != .canceled {
      let job = Job(build)
      if let other = latest[job], other.attempt >= build.attempt { continue }
      latest[job] = build
    }
    var counted: [(BuildEvidence, BuildVerdict)] = []
    var confirmed: [BuildEvidence] = []
    for build in builds where build.outcome.isFailure {
      guard let last = latest[Job(build)] else { continue }
      if last.attempt == build.attempt {
        counted.append((build, BuildVerdict.of(build, passedOnRetry: passed.contains(Job(build)), today: today)))
      } else if last.outcome == .success {
        confirmed.append(build)
      }
    }
    let verdicts = counted.map(\.1)
    return CommitVerdict(
      state: state(verdicts), text: text(verdicts), builds: counted.map { (build: $0.0, verdict: $0.1) },
      confirmedFlaky: confirmed)
  }

  /// The same while Culprit itself can't do its work.
  ///
  /// - Parameter why: what stands in the way, as the end of a sentence about Culprit.
  package func whileUnable(_ why: String) -> CommitVerdict {
    let text = String("Culprit can't judge: \(why)".unicodeScalars.prefix(Self.longestText).map(Character.init))
    return CommitVerdict(state: .error, text: text, builds: builds, confirmedFlaky: confirmedFlaky)
  }

  private struct Job: Hashable {
    let provider: String
    let workflow: String
    let name: String
    let run: String
    init(_ build: BuildEvidence) {
      provider = build.provider
      workflow = build.workflow
      name = build.job
      run = build.run
    }
  }

  private static func state(_ verdicts: [BuildVerdict]) -> State {
    if verdicts.contains(where: \.isWaiting) { return .pending }
    return verdicts.allSatisfy(\.kind.isExcused) ? .success : .failure
  }

  /// The exact wording is a contract: scripts and people read it.
  package static func text(_ verdicts: [BuildVerdict]) -> String {
    let total = verdicts.count
    guard total > 0 else { return "No failures" }
    if verdicts.allSatisfy(\.isWaiting) { return "Reading \(total) failed build\(total == 1 ? "" : "s")" }
    var counts: [BuildKind: Int] = [:]
    for verdict in verdicts { counts[verdict.kind, default: 0] += 1 }
    func list(_ kinds: [BuildKind]) -> String {
      kinds.compactMap { kind in counts[kind].map { total == 1 ? name(kind, $0) : "\($0) \(name(kind, $0))" } }
        .joined(separator: ", ")
    }
    let excused = BuildKind.allCases.filter(\.isExcused)
    let unexcused = BuildKind.allCases.filter { !$0.isExcused }
    let needing = verdicts.count { !$0.kind.isExcused }
    if needing == 0 {
      return total == 1 ? "1 failure, not new: \(list(excused))" : "\(total) failures, none of them new: \(list(excused))"
    }
    let head = "\(needing) of \(total) failure\(total == 1 ? "" : "s") need\(needing == 1 ? "s" : "") attention: \(list(unexcused))"
    guard needing < total else { return head }
    let whole = "\(head) (\(list(excused)))"
    // Thousands of failures of every kind don't fit; the numbers add up all the same.
    return whole.utf8.count <= longestText ? whole : "\(head) (\(total - needing) excused)"
  }

  private static func name(_ kind: BuildKind, _ count: Int) -> String {
    kind == .known ? (count == 1 ? "known problem" : "known problems") : kind.rawValue
  }
}
