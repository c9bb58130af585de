import Model

/// Two lines of manifests that can't both be true.
package struct ManifestConflict: Error, Equatable, CustomStringConvertible {
  private let first: ManifestLine
  private let second: ManifestLine
  /// The first field in which they say different things of one build; nil if they give different files for one log.
  private let field: String?

  /// Finds the first pair in the order of the lines; nil if all agree.
  package init?(in lines: [ManifestLine]) {
    struct LogKey: Hashable {
      let build: BuildKey
      let step: String
    }
    var builds: [BuildKey: ManifestLine] = [:]
    var logs: [LogKey: ManifestLine] = [:]
    for line in lines {
      let build = BuildKey(line.build)
      let log = LogKey(build: build, step: line.step)
      if let first = builds[build], let field = Self.difference(first.build, line.build) {
        (self.first, second, self.field) = (first, line, field)
        return
      }
      if let first = logs[log], first.file != line.file {
        (self.first, second, field) = (first, line, nil)
        return
      }
      builds[build] = builds[build] ?? line
      logs[log] = line
    }
    return nil
  }

  /// The manifest's name of a field that differs.
  private static func difference(_ first: Build, _ second: Build) -> String? {
    let facts: [(String, Bool)] = [
      ("commit", first.commit == second.commit), ("branch", first.branch == second.branch),
      ("pullRequest", first.pullRequest == second.pullRequest), ("workflow", first.workflow == second.workflow),
      ("job", first.job == second.job), ("outcome", first.outcome == second.outcome), ("url", first.url == second.url),
      ("finishedAt", first.finishedAt == second.finishedAt),
    ]
    return facts.first { !$0.1 }?.0
  }

  /// Both places, and what they disagree about.
  package var description: String {
    if let field {
      return "\(second.place): gives job \(second.build.job) another \"\(field)\" than \(first.place) gives the same build"
    }
    return "\(second.place): \(first.file) (\(first.place)) and \(second.file) are both given as the log of job "
      + "\(second.build.job) of commit \(second.build.commit.prefix(12))"
  }

  /// What the person can do about it.
  package var hint: String {
    field == nil
      ? "tell them apart by step, attempt or externalId"
      : "lines with the same provider, repository, externalId and attempt are of one build: mend one, or tell the builds apart"
  }
}
