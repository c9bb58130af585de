import Analysis
import Foundation
import Model
import Store

/// The report of causes in its formats.
struct ReportText {
  let totals: Store.Totals
  let causes: [Store.Cause]
  let grouping: Store.Grouping

  /// A cause stands for many findings, so its title says nothing of any one of them.
  private func title(_ cause: Store.Cause) -> String { TitleTemplate.render(cause.title, captures: []) }

  func text(_ format: ReportFormat, _ style: Style) -> String {
    switch format {
    case .text: plain(style)
    case .json: json.text + "\n"
    case .csv: csv
    case .html: html
    }
  }

  private func share(_ count: Int) -> String { PatternText.share(count, of: totals.failed) }

  // MARK: - Text

  private func plain(_ style: Style) -> String {
    var lines = [
      "\(totals.failed) of \(totals.builds) builds failed; \(totals.unexplained) of them (\(share(totals.unexplained))) no pattern explains"
        + (totals.unread > 0 ? ", \(totals.unread) are not fully read" : "")
        + "; \(totals.passedOnRetry) passed on another attempt"
    ]
    if !causes.isEmpty {
      lines.append("")
      var table = Table([.right, .right, .right, .left, .left, .left])
      switch grouping {
      case .pattern:
        table.add(["BUILDS", "SHARE", "JOBS", "VERDICT", "CAUSE", "PATTERN"])
        for cause in causes {
          table.add([
            String(cause.builds), share(cause.builds), String(cause.jobs), cause.verdict?.rawValue ?? "",
            Style.inert(title(cause)), cause.name,
          ])
        }
      case .job, .week:
        table.add(["BUILDS", "SHARE", "UNEXPLAINED", grouping == .job ? "JOB" : "WEEK FROM", "PASSED ON RETRY", ""])
        for cause in causes {
          table.add([
            String(cause.builds), share(cause.builds), String(cause.unexplained), Style.inert(cause.name),
            String(cause.passedOnRetry), "",
          ])
        }
      }
      let rows = table.lines()
      lines.append(style.bold(rows[0]))
      lines += rows.dropFirst()
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - JSON

  private var json: JSONText {
    .object([
      ("builds", .number(totals.builds)), ("failed", .number(totals.failed)), ("unexplained", .number(totals.unexplained)),
      ("unread", .number(totals.unread)), ("passedOnRetry", .number(totals.passedOnRetry)), ("by", .string(grouping.rawValue)),
      (
        "causes",
        .array(
          causes.map { cause in
            .object([
              ("name", .string(cause.name)), ("title", grouping == .pattern ? .string(title(cause)) : .null),
              ("verdict", .optional(cause.verdict?.rawValue)), ("builds", .number(cause.builds)),
              ("share", totals.failed > 0 ? .decimal(Double(cause.builds) / Double(totals.failed)) : .null),
              ("jobs", .number(cause.jobs)), ("repositories", .number(cause.repositories)),
              ("unexplained", .number(cause.unexplained)), ("passedOnRetry", .number(cause.passedOnRetry)),
              ("lastSeen", .optional(cause.lastSeen.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) })),
            ])
          })
      ),
    ])
  }

  // MARK: - CSV and HTML

  private static let heading = [
    "name", "title", "verdict", "builds", "share", "jobs", "repositories", "unexplained", "passed_on_retry", "last_seen",
  ]

  private func cells(_ cause: Store.Cause) -> [String] {
    [
      cause.name, title(cause), cause.verdict?.rawValue ?? "", String(cause.builds),
      totals.failed > 0 ? String(format: "%.4f", Double(cause.builds) / Double(totals.failed)) : "", String(cause.jobs),
      String(cause.repositories), String(cause.unexplained), String(cause.passedOnRetry),
      cause.lastSeen.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) } ?? "",
    ]
  }

  /// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe.
  private var csv: String {
    func cell(_ text: String) -> String {
      let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
      return safe.contains { "\",\n\r".contains($0) } ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
    let rows = [Self.heading] + causes.map(cells)
    return rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
  }

  private var html: String {
    func escaped(_ text: String) -> String {
      Style.inert(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
    }
    let heading = Self.heading.map { "<th scope=\"col\">\(escaped($0.replacing("_", with: " ")))</th>" }.joined()
    let rows = causes.map { cause in
      "<tr>" + cells(cause).map { "<td>\(escaped($0))</td>" }.joined() + "</tr>"
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Causes of failed builds</title>
      <style>
      :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
      body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
      div { overflow-x: auto } table { border-collapse: collapse } th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top }
      tr + tr td { border-top: 1px solid #8884 }
      </style></head><body>
      <h1>Causes of failed builds</h1>
      <p>\(totals.failed) of \(totals.builds) builds failed; no pattern explains \(totals.unexplained) of them (\(share(totals.unexplained))).</p>
      <div><table><thead><tr>\(heading)</tr></thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div></body></html>

      """
  }
}
