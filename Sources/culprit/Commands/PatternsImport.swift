import Analysis
import ArgumentParser
import Foundation
import LogSource
import Model
import Pipeline

/// `culprit patterns import`: rule files of other tools as pattern files.
struct PatternsImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn rule files of other tools into pattern files.",
    discussion: """
      Each expression is rewritten for PCRE2 with its meaning kept, or refused with the reason. Every file is checked before anything \
      is written; all are written, or none.

      Example: culprit patterns import ruleset.toml --into patterns/pytorch
      Example: culprit patterns import queries/*.yaml --into patterns/openstack --dry-run
      """)

  @Argument(help: "Rule files.") var files: [String]

  @Option(help: "The folder for the pattern files.") var into: String?

  @Option(
    help: "What the files are: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")). Default: by name and content.")
  var from: ImportFormat?

  @Option(help: "Whose expressions a list holds: \(Dialect.allCases.map(\.rawValue).joined(separator: ", ")).")
  var dialect = Dialect.pcre2

  @Option(help: "The verdict of all patterns. Default: what the kind of file suggests.") var verdict: PatternVerdict?

  @Option(help: "review-by of patterns that excuse: a date.") var reviewBy: String?

  @Option(help: "Logs from which the examples are taken: files or folders; may be given several times.") var examples: [String] = []

  @Flag(help: #"Let \d, \w, \s and \b stand for ASCII, which is faster and easier to read."#) var ascii = false

  @Flag(help: "Replace files that are there already.") var force = false

  @Flag(help: "Only tell what would be written.") var dryRun = false

  @Option(help: "How to print: text or json (JSON Lines).") var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard into != nil || dryRun else { throw ValidationError("Name the folder by --into, or give --dry-run.") }
    guard !files.isEmpty else { throw ValidationError("Name a rule file.") }
  }

  /// Rule files are small; whatever is larger is something else.
  private static let largestFile = 16 << 20

  func run() async throws {
    let settings = try global.settings()
    var options = PatternImport.Options()
    options.dialect = dialect
    options.verdict = verdict
    options.isASCII = ascii
    if let reviewBy {
      guard let day = CalendarDay(reviewBy) else {
        throw Failure("--review-by is \"\(reviewBy)\"", hint: "it must be a date: 2027-10-01")
      }
      options.reviewBy = day
    }
    var titles: Set<String> = []
    if let into, FileManager.default.fileExists(atPath: into) {
      titles = Set(Catalog.read(paths: [into]).patterns.map(\.title))
    }
    var result = PatternImport(options: options, samples: try Self.lines(of: examples), titles: force ? [] : titles)
    for file in files {
      let text = try Self.text(of: file)
      guard let kind = from ?? ImportFormat.of(file: file, text: text) else {
        throw Failure("\(file): it can't be told what kind of rules it holds", hint: "say so with --from")
      }
      do throws(ImportProblem) {
        try result.add(text, file: file, format: kind)
      } catch {
        throw Failure("\(error)", hint: "it was read as \(kind.rawValue); --from says what it is")
      }
    }
    if let into, !dryRun { try write(result.rules.compactMap(\.file), to: into) }
    let text = ImportText(rules: result.rules, folder: dryRun ? nil : into, style: global.style(settings))
    Output.write(format == .json ? text.json : text.plain(isVerbose: global.verbose))
    if result.rules.contains(where: { $0.outcome == .refused }) {
      Output.flush()
      throw ExitCode(1)
    }
  }

  /// The different lines of logs.
  private static func lines(of logs: [String]) throws -> [String] {
    var lines = ExampleLines()
    var problem: LogSourceError?
    try LogSource().forEachLog(
      in: logs,
      { reader in
        var cleaner = LogCleaner()
        try reader.forEachBlock { cleaner.clean($0, into: &lines) }
        cleaner.finish(into: &lines)
      }, failure: { problem = problem ?? $0 })
    if let problem { throw problem }
    return lines.lines
  }

  private static func text(of file: String) throws -> String {
    guard let handle = FileHandle(forReadingAtPath: file), let data = try? handle.read(upToCount: largestFile + 1) else {
      throw Failure("\(file): can't be read", hint: "check the path and its permissions")
    }
    guard data.count <= largestFile else { throw Failure("\(file): has more than 16 MiB", hint: "a rule file is smaller") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure("\(file): is not UTF-8", hint: "save it as UTF-8")
    }
    return text
  }

  private func write(_ files: [ImportedRule.File], to folder: String) throws {
    do {
      try PatternWriter(folder: folder, replaces: force).write(files.map { ($0.name, $0.yaml) })
    } catch .exists(let paths) {
      let more = paths.count > 1 ? " and \(paths.count - 1) more" : ""
      throw Failure(
        "\(paths[0])\(more): there already; nothing is written", hint: "name another folder, or replace them with --force")
    } catch .system(let path, let reason) {
      throw Failure("\(path): can't be written: \(reason)", hint: "name a folder that you may write to")
    }
  }
}

extension ImportFormat: ExpressibleByArgument {}
extension Dialect: ExpressibleByArgument {}
