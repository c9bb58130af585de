import ArgumentParser
import Foundation
import Model
import Store

/// `culprit patterns list`: what is in the database, with what it found.
struct PatternsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List patterns with their hits.",
    discussion: "Example: culprit patterns list --format json")

  @Option(help: "How to print: text or json (JSON Lines).")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let patterns = try await Workplace.open(settings) { try await $0.store.patterns() }
    switch format {
    case .json: for pattern in patterns { Output.line(PatternText.json(pattern).text) }
    case .text:
      var table = Table([.left, .left, .right, .right, .left, .left])
      table.add(["PATTERN", "VERDICT", "BUILDS", "SHARE", "LAST SEEN", ""])
      for pattern in patterns {
        table.add([
          pattern.id.rawValue, pattern.verdict.rawValue, String(pattern.builds), PatternText.share(pattern),
          PatternText.day(pattern.lastSeen), PatternText.remarks(pattern),
        ])
      }
      for line in table.lines() { Output.line(line) }
      if patterns.isEmpty { global.note("no patterns; `culprit patterns sync` enters them") }
    }
  }
}

enum ListFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// A pattern's figures in words.
enum PatternText {
  static func share(_ pattern: Store.PatternSummary) -> String { share(pattern.builds, of: pattern.failedBuilds) }

  static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "-" }
    return String(format: "%.1f %%", 100 * Double(part) / Double(whole))
  }

  static func day(_ seconds: Double?) -> String { seconds.map { CalendarDay(secondsSince1970: $0).description } ?? "never" }

  static func remarks(_ pattern: Store.PatternSummary) -> String {
    var remarks: [String] = []
    if pattern.retired { remarks.append("retired") }
    if pattern.isSuspended { remarks.append("suspended") }
    if pattern.isSuspect { remarks.append("suspect") }
    if pattern.inconclusive > 0 { remarks.append("inconclusive on \(pattern.inconclusive)") }
    if let day = pattern.reviewBy, day <= .now { remarks.append("review was due on \(day)") }
    return remarks.joined(separator: ", ")
  }

  /// - Parameter more: members that follow.
  static func json(_ pattern: Store.PatternSummary, _ more: [(String, JSONText)] = []) -> JSONText {
    .object(
      [
        ("id", .string(pattern.id.rawValue)), ("title", .string(pattern.title)), ("verdict", .string(pattern.verdict.rawValue)),
        ("priority", .number(pattern.priority)), ("fallback", .bool(pattern.fallback)), ("retired", .bool(pattern.retired)),
        ("suspended", .bool(pattern.isSuspended)), ("suspect", .bool(pattern.isSuspect)), ("revisions", .number(pattern.revisions)),
        ("builds", .number(pattern.builds)),
        ("findings", .number(pattern.findings)), ("inconclusive", .number(pattern.inconclusive)),
        ("share", pattern.failedBuilds > 0 ? .decimal(Double(pattern.builds) / Double(pattern.failedBuilds)) : .null),
        ("lastSeen", .optional(pattern.lastSeen.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) })),
      ] + more)
  }
}
