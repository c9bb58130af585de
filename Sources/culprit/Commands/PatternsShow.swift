import ArgumentParser
import Model
import Store

/// `culprit patterns show`: one pattern, whole.
struct PatternsShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one pattern with what it found.",
    discussion: "Example: culprit patterns show network/connection-reset")

  @Argument(help: "The pattern's id: its path under the pattern folder without the ending.")
  var id: String

  @Option(help: "How to print: text or json.")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let id = id
    let found = try await Workplace.open(settings) { try await $0.store.patterns(id: PatternID(id)) }
    guard let pattern = found.first else { throw StoreError.noSuchPattern(id) }
    if format == .json {
      Output.line(PatternText.json(pattern).text)
      return
    }
    var table = Table([.left, .left])
    table.add(["id", pattern.id.rawValue])
    table.add(["title", pattern.title])
    table.add(["verdict", pattern.verdict.rawValue])
    table.add(["priority", "\(pattern.priority)\(pattern.fallback ? ", fallback" : "")"])
    table.add(["matches", pattern.definition])
    if let owner = pattern.owner { table.add(["owner", owner]) }
    if let day = pattern.reviewBy { table.add(["review by", day.description]) }
    table.add(["revisions", String(pattern.revisions)])
    table.add(["failed builds", "\(pattern.builds) (\(PatternText.share(pattern)) of \(pattern.failedBuilds))"])
    table.add(["findings", String(pattern.findings)])
    table.add(["inconclusive", String(pattern.inconclusive)])
    table.add(["last seen", PatternText.day(pattern.lastSeen)])
    let remarks = PatternText.remarks(pattern)
    if !remarks.isEmpty { table.add(["note", remarks]) }
    for line in table.lines() { Output.line(Style.inert(line)) }
    if let remedy = pattern.remedy { Output.line("\n" + Style.inert(remedy.replacing("\n", with: " "))) }
  }
}
