import Analysis
import ArgumentParser
import Foundation
import Model

/// `culprit patterns explain`: how a pattern is searched for, and what that costs.
struct PatternsExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain how a pattern is searched for.",
    discussion: """
      Shows the texts that each expression is searched by, what makes it slow, and the limits that hold for it. How a text is looked for
      depends on the other patterns of the folder, too: all of them are searched for at once.

      Example: culprit patterns explain compile/rustc-error
      """)

  @Argument(help: "The pattern's id: its path under the pattern folder without the ending.")
  var id: String

  @Option(help: ArgumentHelp("The folder of pattern files.", valueName: "dir"))
  var patterns: String?

  @Option(help: "How to print: text or json.")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let folder = try settings.patternFolder(patterns)
    guard let path = ["yaml", "yml"].map({ "\(folder)/\(id).\($0)" }).first(where: FileManager.default.fileExists(atPath:)) else {
      throw Failure("there is no pattern \(id) in \(folder)", hint: "an id is a file's path below the folder, without .yaml")
    }
    let reading = Catalog.read(paths: [path])
    guard let pattern = reading.patterns.first else {
      throw Failure("\(path) has errors", hint: "`culprit patterns check \(path)` tells which")
    }
    let catalogue = Catalog.read(paths: [folder], runsExamples: false).patterns.filter { !$0.retired }
    let explanation = PatternExplanation(
      id: id, pattern: pattern, literals: PatternLiterals(pattern.definition, among: catalogue.map(\.definition)),
      warnings: CatalogCheck(reading, today: .now).warnings().map(\.message))
    switch format {
    case .json: Output.line(explanation.json.text)
    case .text: for line in explanation.lines(global.style(settings)) { Output.line(line) }
    }
  }
}
