import Foundation
import Model
import Store

/// How good patterns are, for people and for programs.
struct HealthText {
  let patterns: [PatternHealth]
  let today: CalendarDay
  /// Rows of each table at most.
  let limit: Int
  let style: Style

  private var active: [PatternHealth] { patterns.filter { !$0.isRetired } }

  private func concerned(_ concern: PatternConcern) -> [PatternHealth] { concern.patterns(of: patterns, today: today) }

  /// How many patterns someone should look at, in one line; nil if there is none.
  static func concerns(_ patterns: [PatternHealth], today: CalendarDay) -> String? {
    let counts = PatternConcern.allCases.filter { $0 != .slow }.compactMap { concern -> String? in
      let count = concern.patterns(of: patterns, today: today).count
      return count > 0 ? "\(count) \(words(concern))" : nil
    }
    return counts.isEmpty ? nil : "patterns to look at: \(counts.joined(separator: ", ")); `culprit patterns stats` tells which"
  }

  private static func words(_ concern: PatternConcern) -> String {
    switch concern {
    case .suspect, .shadowed, .slow, .inconclusive: concern.rawValue
    case .overdue: "overdue for review"
    case .unseen: "not seen for 90 days"
    case .never: "never found"
    }
  }

  /// What someone should look at.
  var report: String {
    let samples = active.map(\.trust.sampled).max() ?? 0
    var lines = [
      "\(active.count) patterns, \(active.count { !$0.hasNeverFired }) of them with findings; tried on \(samples) sampled passing builds"
    ]
    section(
      "SUSPECT: they excuse nothing",
      concerned(.suspect),
      ["SINCE", "WHY"], &lines
    ) { [PatternText.day($0.trust.suspicion?.since), $0.trust.suspicion?.reason ?? ""] }
    section(
      "FOUND IN PASSING BUILDS",
      active.filter { $0.trust.hit > 0 && !$0.fallback && !$0.trust.isSuspect }.sorted { rate($0) > rate($1) },
      ["PASSING", "RATE", "REPORTS"], &lines
    ) {
      [
        "\($0.trust.hit) of \($0.trust.sampled)", PatternText.share($0.trust.hit, of: $0.trust.sampled),
        String($0.trust.wrongReports),
      ]
    }
    section(
      "REPORTED AS WRONG", active.filter { $0.trust.wrongReports > 0 }.sorted { $0.trust.wrongReports > $1.trust.wrongReports },
      ["BUILDS"], &lines
    ) { [String($0.trust.wrongReports)] }
    section(
      "REVIEW OVERDUE: they excuse nothing",
      concerned(.overdue),
      ["SINCE", "BUILDS"], &lines
    ) { [$0.reviewBy?.description ?? "", String($0.failedBuilds)] }
    section(
      "SHADOWED: another decides wherever they are found",
      concerned(.shadowed), ["BUILDS", "BY"], &lines
    ) { [String($0.failedBuilds), $0.shadowedBy?.rawValue ?? ""] }
    section(
      "INCONCLUSIVE", concerned(.inconclusive),
      ["LOGS", ""], &lines
    ) { [String($0.inconclusiveLogs), $0.isSuspended ? "suspended" : ""] }
    section("SLOWEST", concerned(.slow), ["MS PER MB"], &lines) {
      [String(format: "%.3f", $0.trust.cost.millisecondsPerMegabyte ?? 0)]
    }
    section(
      "NOT SEEN FOR 90 DAYS", concerned(.unseen),
      ["LAST SEEN"], &lines
    ) { [PatternText.day($0.lastSeen)] }
    let never = concerned(.never)
    if !never.isEmpty {
      lines += ["", style.bold("NEVER FOUND (\(never.count))")]
      lines += never.prefix(limit).map { "  " + Style.inert($0.id.rawValue) }
      if never.count > limit { lines.append("  and \(never.count - limit) more") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Every pattern.
  var table: String {
    var table = Table([.left, .left, .right, .right, .right, .right, .right, .right, .left, .left])
    table.add(["PATTERN", "VERDICT", "FINDINGS", "BUILDS", "DECIDES", "PASSING", "REPORTS", "MS PER MB", "LAST SEEN", ""])
    for pattern in patterns {
      table.add([
        pattern.id.rawValue, pattern.verdict.rawValue, String(pattern.findings), String(pattern.failedBuilds),
        String(pattern.explained), "\(pattern.trust.hit)/\(pattern.trust.sampled)", String(pattern.trust.wrongReports),
        pattern.trust.cost.millisecondsPerMegabyte.map { String(format: "%.3f", $0) } ?? "-", PatternText.day(pattern.lastSeen),
        Self.remarks(pattern, today: today),
      ])
    }
    return table.lines().map { Style.inert($0) }.joined(separator: "\n") + "\n"
  }

  /// What is to be said of a pattern in a few words.
  static func remarks(_ pattern: PatternHealth, today: CalendarDay) -> String {
    var remarks: [String] = []
    if pattern.isRetired { remarks.append("retired") }
    if pattern.trust.isSuspect, let suspicion = pattern.trust.suspicion {
      remarks.append("suspect since \(PatternText.day(suspicion.since)): \(suspicion.reason)")
    }
    if let cleared = pattern.trust.suspicion?.cleared {
      remarks.append("was suspect; \(cleared.who) trusts it since \(PatternText.day(cleared.at)): \(cleared.reason)")
    }
    if pattern.isSuspended { remarks.append("suspended") }
    if pattern.inconclusiveLogs > 0 { remarks.append("inconclusive on \(pattern.inconclusiveLogs) logs") }
    if pattern.isReviewOverdue(today) { remarks.append("review was due on \(pattern.reviewBy?.description ?? "")") }
    if let other = pattern.shadowedBy { remarks.append("shadowed by \(other)") }
    if pattern.isUnseen(today) { remarks.append("not seen for 90 days") }
    return remarks.joined(separator: "; ")
  }

  static func json(_ pattern: PatternHealth, today: CalendarDay) -> JSONText {
    .object([
      ("id", .string(pattern.id.rawValue)), ("title", .string(pattern.title)), ("verdict", .string(pattern.verdict.rawValue)),
      ("owner", .optional(pattern.owner)), ("fallback", .bool(pattern.fallback)), ("retired", .bool(pattern.isRetired)),
      ("findings", .number(pattern.findings)), ("builds", .number(pattern.failedBuilds)), ("decides", .number(pattern.explained)),
      ("firstSeen", time(pattern.firstSeen)), ("lastSeen", time(pattern.lastSeen)),
      (
        "passing",
        .object([
          ("hit", .number(pattern.trust.hit)), ("of", .number(pattern.trust.sampled)),
          ("rate", pattern.trust.rate.map { .decimal($0) } ?? .null),
        ])
      ),
      ("wrongReports", .number(pattern.trust.wrongReports)),
      ("suspect", .bool(pattern.trust.isSuspect)),
      ("suspicion", pattern.trust.suspicion.map(suspicion) ?? .null),
      (
        "cost",
        .object([
          ("logs", .number(pattern.trust.cost.logs)), ("bytes", .number(pattern.trust.cost.bytes)),
          ("searches", .number(pattern.trust.cost.searches)),
          ("seconds", .decimal(Double(pattern.trust.cost.nanoseconds) / 1e9)),
          ("millisecondsPerMegabyte", pattern.trust.cost.millisecondsPerMegabyte.map { .decimal($0) } ?? .null),
        ])
      ),
      ("inconclusiveLogs", .number(pattern.inconclusiveLogs)), ("suspended", .bool(pattern.isSuspended)),
      ("reviewBy", .optional(pattern.reviewBy?.description)), ("reviewOverdue", .bool(pattern.isReviewOverdue(today))),
      ("shadowedBy", .optional(pattern.shadowedBy?.rawValue)), ("neverFound", .bool(pattern.hasNeverFired)),
      ("unseen", .bool(pattern.isUnseen(today))),
    ])
  }

  private static func suspicion(_ suspicion: PatternTrust.Suspicion) -> JSONText {
    .object([
      ("since", time(suspicion.since)), ("reason", .string(suspicion.reason)),
      (
        "cleared",
        suspicion.cleared.map { cleared in
          .object([("at", time(cleared.at)), ("who", .string(cleared.who)), ("reason", .string(cleared.reason))])
        } ?? .null
      ),
    ])
  }

  private static func time(_ seconds: Double?) -> JSONText {
    .optional(seconds.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) })
  }

  private func rate(_ pattern: PatternHealth) -> Double { pattern.trust.rate ?? 0 }

  private func section(
    _ title: String, _ rows: [PatternHealth], _ columns: [String], _ lines: inout [String], _ cells: (PatternHealth) -> [String]
  ) {
    guard !rows.isEmpty else { return }
    var table = Table(columns.map { _ in .left } + [.left])
    table.add(["PATTERN"] + columns)
    for pattern in rows.prefix(limit) { table.add([pattern.id.rawValue] + cells(pattern)) }
    lines += ["", style.bold(rows.count > limit ? "\(title) (\(limit) of \(rows.count))" : title)]
    lines += table.lines(indent: "  ").map { Style.inert($0) }
  }
}
