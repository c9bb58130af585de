import Analysis
import ArgumentParser
import Foundation
import LogSource
import Model

enum FindingFormat: String, ExpressibleByArgument, CaseIterable { case text, json, github }

/// Prints findings as `culprit scan --format` says; docs/cli.md is the contract.
struct FindingPrinter {
  private let format: FindingFormat
  private let style: Style
  private let patterns: [PatternID: Pattern]
  private let today: CalendarDay
  private let isQuiet: Bool

  init(format: FindingFormat, style: Style, patterns: [Pattern], today: CalendarDay, isQuiet: Bool) {
    self.format = format
    self.style = style
    self.patterns = Dictionary(uniqueKeysWithValues: patterns.map { ($0.id, $0) })
    self.today = today
    self.isQuiet = isQuiet
  }

  func print(_ finding: Finding, in file: String, best: inout BestFinding.Running) {
    guard let pattern = patterns[finding.pattern] else { return }
    let title = TitleTemplate.render(pattern.title, captures: finding.captures)
    best.take(FindingEvidence(rank: PatternRank(pattern), title: title, line: finding.line, text: finding.text))
    switch format {
    case .text:
      Output.line(
        "\(style.magenta(Style.inert(file))):\(style.green(String(finding.line))): [\(finding.pattern)] \(coloured(finding))")
    case .json: Output.line(Self.json(finding, file: file, verdict: pattern.verdict).text)
    case .github: Output.line(Self.workflowCommand(finding, file: file, title: title, rank: PatternRank(pattern), today: today))
    }
  }

  /// - Parameter problem: why the log could not be read to the end.
  func print(_ summary: ScanSummary, of file: String, best: BestFinding?, problem: LogSourceError?) {
    switch format {
    case .json: Output.line(json(summary, of: file, best: best, problem: problem).text)
    case .github: break
    case .text:
      for entry in summary.inconclusive {
        Output.line(
          "\(Style.inert(file)): [\(entry.pattern)] \(style.yellow("not conclusive")): \(entry.reason.words), first on line \(entry.line)"
        )
      }
      for (pattern, count) in summary.overflow.sorted(by: { $0.key < $1.key }) {
        Output.line("\(Style.inert(file)): [\(pattern)] \(count) findings in all; not all of them are shown")
      }
      guard let best else { return }
      let rank = best.finding.rank
      Output.line(
        "\(Style.inert(file)): \(style.bold(Style.inert(best.finding.title))): \(rank.verdict.rawValue), by \(rank.id) on line \(best.finding.line)"
      )
    }
  }

  // MARK: - Text

  private func coloured(_ finding: Finding) -> String {
    guard style.isColoured, !finding.matched.isEmpty, let range = finding.text.range(of: finding.matched) else {
      return Style.inert(finding.text)
    }
    let text = finding.text
    return Style.inert(String(text[..<range.lowerBound])) + style.red(Style.inert(String(text[range])))
      + Style.inert(String(text[range.upperBound...]))
  }

  // MARK: - JSON Lines

  static func json(_ finding: Finding, file: String, verdict: PatternVerdict) -> JSONText {
    var members: [(String, JSONText)] = [("type", .string("finding")), ("file", .string(file))]
    members += place(of: finding)
    members += [
      ("pattern", .string(finding.pattern.rawValue)), ("verdict", .string(verdict.rawValue)),
      ("captures", captures(of: finding)),
    ]
    if finding.windowed { members.append(("windowed", .bool(true))) }
    members.append(("text", .string(finding.text)))
    return .object(members)
  }

  /// Line, segment where it isn't 0, start and end.
  static func place(of finding: Finding) -> [(String, JSONText)] {
    var members: [(String, JSONText)] = [("line", .number(finding.line))]
    if finding.segment != 0 { members.append(("segment", .number(finding.segment))) }
    members += [("start", .number(finding.start)), ("end", .number(finding.end))]
    return members
  }

  /// By number, and by name too where a group has one.
  static func captures(of finding: Finding) -> JSONText {
    var members: [(String, JSONText)] = []
    for capture in finding.captures { members.append((String(capture.number), .string(capture.value))) }
    var named: [String: String] = [:]
    for capture in finding.captures { if let name = capture.name { named[name] = capture.value } }
    for name in named.keys.sorted() { members.append((name, .string(named[name] ?? ""))) }
    return .object(members)
  }

  private func json(_ summary: ScanSummary, of file: String, best: BestFinding?, problem: LogSourceError?) -> JSONText {
    var members: [(String, JSONText)] = [
      ("type", .string("file")), ("file", .string(file)), ("lines", .number(summary.lines)), ("bytes", .number(summary.bytes)),
      ("findings", .number(summary.findings)),
      (
        "best",
        best.map {
          .object([("line", .number($0.finding.line)), ("pattern", .string($0.finding.rank.id.rawValue))])
        } ?? .null
      ),
      ("verdict", .optional(best?.finding.rank.verdict.rawValue)),
      (
        "inconclusive",
        .array(
          summary.inconclusive.map {
            .object([
              ("pattern", .string($0.pattern.rawValue)), ("reason", .string($0.reason.rawValue)), ("line", .number($0.line)),
            ])
          })
      ),
    ]
    if !summary.overflow.isEmpty {
      let counts = summary.overflow.sorted { $0.key < $1.key }
      members.append(("overflow", .object(counts.map { ($0.key.rawValue, .number($0.value)) })))
    }
    if let problem { members.append(("error", .string(problem.description))) }
    return .object(members)
  }

  // MARK: - GitHub workflow commands

  /// https://docs.github.com/actions/reference/workflow-commands-for-github-actions: data escapes %, CR and LF; properties also : and ,
  static func workflowCommand(
    _ finding: Finding, file: String, title: String, rank: PatternRank, today: CalendarDay
  ) -> String {
    let command = rank.fallback ? "notice" : rank.excuses(today) ? "warning" : "error"
    let heading = "\(title) [\(rank.id)]"
    return "::\(command) file=\(property(file)),line=\(finding.line),title=\(property(heading))::\(data(finding.text))"
  }

  /// Made inert too: a job's console, and whoever tries it by hand, shows the command as it is.
  private static func data(_ text: String) -> String {
    Style.inert(text).replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

extension Inconclusive.Reason {
  var words: String {
    switch self {
    case .matchLimit: "PCRE2's match limit was reached"
    case .stackLimit: "PCRE2's stack was too small"
    case .lineTime: "a line took too long"
    case .patternTime: "the log took this pattern too long"
    case .logTime: "the log took too long"
    case .engineError: "PCRE2 reported an error"
    }
  }
}

extension CalendarDay {
  /// Today in UTC.
  static var now: CalendarDay { CalendarDay(secondsSince1970: Date().timeIntervalSince1970) }
}
