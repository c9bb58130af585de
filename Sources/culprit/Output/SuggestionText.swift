import Foundation
import Model
import Pipeline
import Store

/// Suggestions in their formats.
struct SuggestionText {
  private let found: Suggestions
  private let style: Style

  init(_ found: Suggestions, style: Style) {
    self.found = found
    self.style = style
  }

  // MARK: - Text

  func plain(withDrafts: Bool) -> String {
    var text = Style.inert(heading) + "\n"
    for suggestion in found.suggestions {
      text += "\n" + style.bold(Style.inert(title(suggestion))) + "\n"
      for job in suggestion.jobs.prefix(5) { text += Style.inert("  in \(name(job))") + "\n" }
      if suggestion.jobs.count > 5 { text += "  and in \(suggestion.jobs.count - 5) more jobs\n" }
      for sample in suggestion.samples {
        text += Style.inert("  \(sample.build.commit.prefix(12)) \(sample.build.externalID):\(sample.line): \(sample.text)") + "\n"
      }
      guard withDrafts, let draft = suggestion.draft else { continue }
      text += "\n    # \(draft.name).yaml\n"
      for line in draft.yaml.split(separator: "\n") { text += "    " + Style.inert(String(line)) + "\n" }
    }
    return text
  }

  private var heading: String {
    var parts = ["\(found.isCut ? "the latest " : "")\(count(found.unexplained, "failed build")) that nothing explains"]
    parts.append(count(found.clusters, "cluster"))
    if !found.untold.isEmpty { parts.append("\(found.untold.count) \(Suggestions.whyUntold(found.untold.count))") }
    return parts.joined(separator: "; ")
  }

  private func title(_ suggestion: Suggestions.Suggestion) -> String {
    let days = [suggestion.firstSeen, suggestion.lastSeen].map { CalendarDay(secondsSince1970: $0).description }
    let when = days[0] == days[1] ? days[0] : "\(days[0]) to \(days[1])"
    return "\(count(suggestion.builds, "build")), \(when): \(suggestion.draft?.title ?? suggestion.samples.first?.text ?? "")"
  }

  private func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

  private func name(_ job: JobIdentity) -> String {
    "\(job.repository) \([job.workflow, job.job].filter { !$0.isEmpty }.joined(separator: "/"))"
  }

  // MARK: - JSON

  var json: JSONText {
    .object([
      ("unexplained", .number(found.unexplained)), ("cut", .bool(found.isCut)), ("untold", .number(found.untold.count)),
      ("clusters", .number(found.clusters)), ("suggestions", .array(found.suggestions.map(json))),
    ])
  }

  private func json(_ suggestion: Suggestions.Suggestion) -> JSONText {
    .object([
      ("builds", .number(suggestion.builds)), ("firstSeen", .string(time(suggestion.firstSeen))),
      ("lastSeen", .string(time(suggestion.lastSeen))),
      (
        "jobs",
        .array(
          suggestion.jobs.map {
            .object([
              ("repository", .string($0.repository)), ("provider", .string($0.provider)), ("workflow", .string($0.workflow)),
              ("job", .string($0.job)),
            ])
          })
      ),
      (
        "samples",
        .array(
          suggestion.samples.map {
            .object([
              ("commit", .string($0.build.commit)), ("externalId", .string($0.build.externalID)), ("url", .optional($0.build.url)),
              ("line", .number($0.line)), ("text", .string($0.text)),
            ])
          })
      ),
      (
        "draft",
        suggestion.draft.map {
          .object([("name", .string($0.name)), ("title", .string($0.title)), ("yaml", .string($0.yaml))])
        } ?? .null
      ),
    ])
  }

  private func time(_ seconds: Double) -> String { Date(timeIntervalSince1970: seconds).formatted(.iso8601) }
}
