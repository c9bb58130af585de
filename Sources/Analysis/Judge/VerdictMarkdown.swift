import Model

/// A commit's verdict as Markdown, for a check run and for the comment on a pull request.
///
/// Job names, log lines and titles come from outside: each stands in a code span, where neither HTML, links nor mentions work.
package struct VerdictMarkdown: Sendable {
  private let verdict: CommitVerdict
  private let link: String?

  /// More builds than these are counted, not listed.
  static let mostRows = 40
  /// Characters of a log line that are shown.
  static let longestLine = 200

  /// - Parameter link: the commit's page; http or https.
  package init(_ verdict: CommitVerdict, link: String? = nil) {
    self.verdict = verdict
    self.link = link
  }

  package var text: String {
    var parts = [heading]
    if !verdict.builds.isEmpty { parts.append(table) }
    if !remedies.isEmpty { parts.append(remedies.joined(separator: "\n")) }
    if !verdict.confirmedFlaky.isEmpty {
      let jobs = verdict.confirmedFlaky.prefix(Self.mostRows).map { Self.code(Self.name($0)) }
      parts.append("Passed on a later attempt: " + jobs.joined(separator: ", "))
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var heading: String {
    let words = "**\(verdict.text)**"
    return link.map { "\(words) ([all findings](\($0)))" } ?? words
  }

  private var table: String {
    // What needs attention comes first.
    let sorted = verdict.builds.enumerated().sorted {
      ($0.element.verdict.kind.isExcused ? 1 : 0, $0.offset) < ($1.element.verdict.kind.isExcused ? 1 : 0, $1.offset)
    }
    var rows = ["| Job | Verdict | What | Why |", "| --- | --- | --- | --- |"]
    for (_, entry) in sorted.prefix(Self.mostRows) {
      let kind = entry.verdict.kind
      let job = Self.linked(Self.code(Self.name(entry.build)), to: entry.build.url)
      var what = "–"
      if let best = entry.verdict.best {
        let step = best.step.isEmpty ? "" : "\(Self.code(best.step)) "
        what = "\(Self.code(best.finding.title))<br>\(step)line \(best.finding.line): \(Self.code(best.finding.text))"
      }
      rows.append(
        "| \(job) | \(kind.isExcused ? kind.rawValue : "**\(kind.rawValue)**") | \(what) | \(Self.code(entry.verdict.why)) |")
    }
    if sorted.count > Self.mostRows { rows.append("| and \(sorted.count - Self.mostRows) more | | | |") }
    return rows.joined(separator: "\n")
  }

  /// Each once, of the builds that need someone.
  private var remedies: [String] {
    var seen: Set<PatternID> = []
    var lines: [String] = []
    for (_, verdict) in verdict.builds where !verdict.kind.isExcused {
      guard let finding = verdict.best?.finding, let remedy = finding.remedy, seen.insert(finding.rank.id).inserted else {
        continue
      }
      lines.append("- \(Self.code(finding.rank.id.rawValue)): \(Self.code(remedy))")
    }
    return Array(lines.prefix(Self.mostRows))
  }

  private static func name(_ build: BuildEvidence) -> String {
    build.workflow.isEmpty ? build.job : "\(build.workflow) / \(build.job)"
  }

  private static func linked(_ text: String, to url: String?) -> String {
    // Anything but a plain web address stays text.
    guard let url, url.hasPrefix("https://") || url.hasPrefix("http://"),
      url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Array("()<>\"\\|`".utf8).contains($0) })
    else { return text }
    return "[\(text)](\(url))"
  }

  /// A code span of one line that also fits into a table's cell.
  ///
  /// The fence is longer than any run of backticks inside (CommonMark 6.1). A table splits its cells before spans are read, so
  /// bars are escaped (GitHub Flavored Markdown 4.10).
  static func code(_ text: String) -> String {
    var line = ""
    var length = 0
    for character in text.unicodeScalars {
      if length == longestLine {
        line += "…"
        break
      }
      length += 1
      switch character.properties.generalCategory {
      // Line breaks would end the row; controls and marks of direction would hide or turn what follows.
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: line += " "
      // A backslash before it would escape the escape.
      case _ where character == "|": line += line.hasSuffix("\\") ? "│" : "\\|"
      default: line.unicodeScalars.append(character)
      }
    }
    let trimmed = line.trimmingSpaces
    guard !trimmed.isEmpty else { return "–" }
    let longest = trimmed.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: longest + 1)
    return longest == 0 ? "`\(trimmed)`" : "\(fence) \(trimmed) \(fence)"
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var rest = self[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
