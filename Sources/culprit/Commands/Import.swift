import ArgumentParser
import Foundation
import Model
import Pipeline
import Providers

/// `culprit import`: local log files become builds.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Enter local log files as builds.",
    discussion: """
      Takes manifests (JSON Lines, files ending in .jsonl), which say for each log file what build it is of, or log files and \
      folders (- is standard input) together with --repository, --commit and --job. Entering the same again changes nothing.

      Example: culprit import samples/manifest.jsonl
      Example: culprit import build.log --repository acme/engine --commit 1f2e3d4c5b6a7f8e9d0c1b2a3f4e5d6c7b8a9f0e --job linux
      """)

  @Argument(help: ArgumentHelp("Manifests; or log files and folders, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Option(help: "owner/name of the repository.") var repository: String?
  @Option(help: "The commit, in full.") var commit: String?
  @Option(help: "The job.") var job: String?
  @Option(help: "The step.") var step: String?
  @Option(help: "The workflow.") var workflow: String?
  @Option(help: "The branch.") var branch: String?
  @Option(help: "The CI system.") var provider: String?
  @Option(help: "The pull request's number.") var pullRequest: Int?
  @Option(help: "The attempt, from 1.") var attempt: Int?
  @Option(help: "success, failure, timed_out or canceled.") var outcome: String?
  @Option(help: "The provider's id of the build.") var externalID: String?

  @Option(help: "How to print the result: text or json.")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    // Everything is read and checked before anything is entered.
    var lines: [ManifestLine] = []
    for path in paths { lines += path.hasSuffix(".jsonl") ? try manifestAlone(path) : try single(path) }
    guard paths.count(where: { $0 == "-" }) <= 1 else {
      throw Failure("-: standard input can be read only once", hint: "name it once")
    }
    if let conflict = ManifestConflict(in: lines) { throw conflict }
    let bar = ProgressBar("importing", unit: "logs", isQuiet: global.quiet)
    let checked = lines
    let isQuiet = global.quiet
    let entered = try await Workplace.open(settings) { workplace in
      let entered = try await ImportStage(store: workplace.store, archive: try await workplace.openArchive()).enter(checked) {
        bar.update($0, of: checked.count)
      }
      bar.finish()
      try await workplace.tally(isQuiet: isQuiet)
      return entered
    }
    switch format {
    case .json:
      Output.line(
        JSONText.object([
          ("builds", .number(entered.builds)), ("logs", .number(entered.logs)), ("changed", .number(entered.changed)),
        ]).text)
    case .text:
      Output.line("\(entered.builds) new builds, \(entered.logs) new logs, \(entered.changed) changed")
    }
  }

  /// Reads a manifest. Options would say of its logs what it says itself.
  private func manifestAlone(_ path: String) throws -> [ManifestLine] {
    if let option = given.first {
      throw Failure(
        "\(path): --\(option.flag) doesn't go with a manifest, which says itself what builds its logs are of",
        hint: "leave it out; log files and manifests are imported by separate commands")
    }
    return try Self.manifest(path)
  }

  /// Reads a manifest; files that it names are looked for beside it.
  static func manifest(_ path: String) throws -> [ManifestLine] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path): can't be read", hint: "check the path and its permissions")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure("\(path): is not UTF-8", hint: "a manifest is JSON Lines")
    }
    let folder = (path as NSString).deletingLastPathComponent
    var lines: [ManifestLine] = []
    for (index, json) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard json.contains(where: { !$0.isWhitespace }) else { continue }
      var line = try ManifestLine(json: json, place: "\(path):\(index + 1)")
      if !line.file.hasPrefix("/"), !folder.isEmpty { line.file = folder + "/" + line.file }
      // A file of that name, and not standard input.
      if line.file == "-" { line.file = "./-" }
      guard FileManager.default.fileExists(atPath: line.file) else {
        throw Failure("\(path):\(index + 1): there is no file \(line.file)", hint: "files are looked for beside the manifest")
      }
      lines.append(line)
    }
    return lines
  }

  /// A log file that the options say the build of. They go through the same checks as a manifest's fields.
  private func single(_ argument: String) throws -> [ManifestLine] {
    var path = argument
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard repository != nil, commit != nil, job != nil else {
      throw Failure(
        "\(path): --repository, --commit and --job are needed", hint: "or give a manifest that ends in .jsonl")
    }
    guard path == "-" || FileManager.default.fileExists(atPath: path) else {
      throw Failure("\(path): there is no such file", hint: "check the path")
    }
    let members: [(String, JSONText)] = [("file", .string(path))] + given.map { ($0.field, $0.value) }
    return [try ManifestLine(json: JSONText.object(members).text[...], place: "options")]
  }

  /// The options about the build that were given, with the manifest's fields that they stand for.
  private var given: [(flag: String, field: String, value: JSONText)] {
    let texts = [
      ("repository", "repository", repository), ("commit", "commit", commit), ("job", "job", job), ("step", "step", step),
      ("workflow", "workflow", workflow), ("branch", "branch", branch), ("provider", "provider", provider),
      ("outcome", "outcome", outcome), ("external-id", "externalId", externalID),
    ]
    let numbers = [("pull-request", "pullRequest", pullRequest), ("attempt", "attempt", attempt)]
    return texts.compactMap { flag, field, text in text.map { (flag, field, JSONText.string($0)) } }
      + numbers.compactMap { flag, field, number in number.map { (flag, field, JSONText.number($0)) } }
  }
}
