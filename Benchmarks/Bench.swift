import Analysis
import ArgumentParser
import Foundation
import Model

/// `culprit-bench`: how fast scanning is, as ratios of runs that alternate.
@main struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "culprit-bench", abstract: "Measures the scanner against the plain loop, memcpy, rg and pcre2grep.",
    subcommands: [PageLoad.self])

  @Flag(help: "Fewer rounds, small logs, no table of growth: less than a minute.") var quick = false
  @Flag(help: "Print the figures as JSON.") var json = false
  @Flag(help: "Print the figures as a Markdown table, as README.md has it.") var markdown = false
  @Option(help: "The folder of pattern files that come with Culprit.") var patterns = "patterns"
  @Option(help: "The program to measure whole.") var culprit = ".build/release/culprit"
  @Option(help: "Rounds of each figure; an odd number.") var rounds: Int?
  @Option(help: "Only the figures whose names contain this.") var only: String?

  @Option(help: "Raw megabytes of the archive that expressions are tried on; 2,000, or 256 with --quick.") var archive: Int?

  @Option(help: "Scan with so many patterns, again and again: something to profile; and print which literals are found most often.")
  var profile: Int?

  @Flag(help: "Only the tables of how cost grows with the patterns and with the log.") var growth = false

  func run() async throws {
    let supply = try PatternSupply(folder: patterns, count: 5_000)
    let generator = LogCorpus(seed: 17)
    let corpus = Corpus(raw: generator.logs(bytes: quick ? 16_000_000 : 64_000_000))
    let rounds = rounds ?? (quick ? 3 : 7)
    var session = Session(supply: supply, corpus: corpus, rounds: rounds, isQuick: quick, culprit: culprit)
    session.archiveBytes = (archive ?? (quick ? 256 : 2_000)) * 1_000_000
    if let profile {
      session.printLiterals(patterns: profile)
      try session.printSpeed(patterns: profile)
      return
    }
    if growth { return session.printGrowth() }
    if !json, !markdown {
      print(
        "kernels: \(LogScanner.kernels); \(corpus.bytes / 1_000_000) MB of generated logs, \(corpus.cleanedBytes / 1_000_000) MB cleaned; \(rounds) rounds"
      )
    }
    var figures: [Figure] = []
    for measure in Session.all where only.map(measure.name.contains) ?? true {
      do {
        let figure = try measure.run(session)
        figures.append(figure)
        if !json, !markdown { print(figure.line) }
      } catch let failure as Clocks.Failure {
        FileHandle.standardError.write(Data("\(measure.name): \(failure)\n".utf8))
      }
    }
    if json {
      let data = try JSONSerialization.data(
        withJSONObject: ["figures": figures.map(\.json)], options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
      print(String(decoding: data, as: UTF8.self))
    } else if markdown {
      print("| figure | what it is | median (least–most) | goal |\n| --- | --- | --- | --- |")
      for figure in figures { print(figure.row) }
    } else if only == nil {
      try session.printOthers()
      if !quick { session.printGrowth() }
    }
  }
}
