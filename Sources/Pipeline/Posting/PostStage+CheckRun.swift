import Analysis
import Model
import Providers
import Store

extension PostStage {
  /// Posts or changes the check run, if it says something new.
  ///
  /// - Returns: whether it was posted.
  func postCheckRun(_ verdict: CommitVerdict, _ due: Store.DueCommit) async throws -> Bool {
    let last = try await store.lastPost(on: due.name, .checkRun, place: settings.context)
    if verdict.builds.isEmpty, last == nil { return false }
    let link = link(due.name)
    let state = verdict.state.rawValue
    let summary = VerdictMarkdown(verdict, link: link).text
    let digest = checkDigest(verdict, due.name)
    if last?.phase == .posted, last?.digest == digest { return false }
    try checkSettled(last)
    let known = try await runID(last, due)
    var run = CheckRun(
      name: settings.context, externalID: due.name.commit, link: link, progress: Self.progress(verdict.state), title: verdict.text,
      summary: summary, actions: CheckButton.fitting(verdict).map(\.action))
    // Annotations add up: only a new run gets them, and those of a later verdict are in the summary.
    if known == nil { run.annotations = Self.annotations(verdict) }
    let check = run
    return try await send(due, .checkRun, place: settings.context, state: state, text: verdict.text, digest: digest) {
      if let known {
        return String(try await host.update(known, to: check, in: due.name.repository).id)
      }
      return String(try await host.create(check, on: due.name.commit, in: due.name.repository).id)
    }
  }

  /// Of all that a check run says.
  func checkDigest(_ verdict: CommitVerdict, _ name: Store.CommitName) -> [UInt8] {
    Self.digest(verdict.state.rawValue, verdict.text, VerdictMarkdown(verdict, link: link(name)).text)
  }

  /// The run that we made, also if we died before we learned its id.
  private func runID(_ last: Store.Post?, _ due: Store.DueCommit) async throws -> Int? {
    guard let last else { return nil }
    if let id = last.externalID.flatMap({ Int($0) }) { return id }
    // Another app may have one of the same name; ours says what we called it.
    return try await host.checkRuns(of: due.name.commit, named: settings.context, in: due.name.repository)
      .first { $0.externalID == due.name.commit }?.id
  }

  private static func progress(_ state: CommitVerdict.State) -> CheckRun.Progress {
    switch state {
    case .pending: .inProgress
    case .success: .completed(.success)
    case .failure, .error: .completed(.failure)
    }
  }

  /// Where a pattern captured a file and a line of the source, the finding stands beside it.
  private static func annotations(_ verdict: CommitVerdict) -> [CheckRun.Annotation] {
    verdict.builds.compactMap { build, verdict in
      guard let finding = verdict.best?.finding, let source = finding.source else { return nil }
      return CheckRun.Annotation(
        path: source.file, startLine: source.line, level: verdict.kind.isExcused ? .notice : .failure, message: finding.text,
        title: "\(build.job): \(finding.title)")
    }
  }
}
