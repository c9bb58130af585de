import ArgumentParser
import Foundation
import Model
import Pipeline

/// `culprit patterns suggest`: what nothing explains, and a pattern for it.
struct PatternsSuggest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "Cluster the failures that nothing explains, and draft a pattern for each cluster.",
    discussion: """
      Reads the archived logs of failed builds that no pattern explains, compares them with passing builds of the same jobs, and puts \
      together those that say the same. A draft is a pattern file whose examples are real lines; look at its title, verdict and captures \
      before you use it.

      Example: culprit patterns suggest --since 14d --limit 10
      Example: culprit patterns suggest --write drafts
      """)

  @Option(help: "Only builds that finished since: 14d, 12h, or a date such as 2026-01-31.") var since: Since?
  @Option(help: "Clusters at most.") var limit = 20
  @Option(
    name: .customLong("write"),
    help: ArgumentHelp("Write the drafts as files to this folder. No file that is there is changed.", valueName: "dir"))
  var folder: String?
  @Option(help: "How to print: text or json.") var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let lanes = try settings.rescan.lanes
    let (since, limit) = (since?.seconds, max(1, min(limit, 1_000)))
    let bar = ProgressBar("reading", unit: "logs", isQuiet: global.quiet)
    let found = try await Workplace.open(settings) { workplace in
      var stageSettings = SuggestStage.Settings()
      stageSettings.lanes = lanes
      return try await SuggestStage(store: workplace.store, archive: try await workplace.openArchive(), settings: stageSettings)
        .run(since: since, today: .now, limit: limit) { bar.update($0, of: $1) }
    }
    bar.finish()
    for reason in found.lost { Output.error("culprit: \(reason)") }
    let text = SuggestionText(found, style: global.style(settings))
    switch format {
    case .json: Output.line(text.json.text)
    case .text: Output.write(text.plain(withDrafts: folder == nil))
    }
    if let folder { try write(found, to: folder) }
    if !found.lost.isEmpty {
      Output.flush()
      throw ExitCode(2)
    }
  }

  private func write(_ found: Suggestions, to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for draft in found.suggestions.compactMap(\.draft) {
        let path = "\(folder)/\(draft.name).yaml"
        guard !FileManager.default.fileExists(atPath: path) else {
          global.note("\(path) is there already and stays as it is")
          continue
        }
        try Data(draft.yaml.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        global.note("wrote \(path)")
      }
    } catch let error as CocoaError {
      throw Failure("\(folder): can't be written: \(error.localizedDescription)", hint: "name a folder that you may write to")
    }
  }
}
