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
      folders together with --repository, --commit and --job. Entering the same again changes nothing.

      Example: culprit import samples/manifest.jsonl
      Example: culprit import build.log --repository acme/engine --commit 1f2e3d4c5b6a7f8e9d0c1b2a3f4e5d6c7b8a9f0e --job linux
      """)

  @Argument(help: ArgumentHelp("Manifests, or log files and folders.", valueName: "path"))
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
    for path in paths {
      let isManifest = path.hasSuffix(".jsonl")
      if isManifest, let option = options.first(where: { $0.1 != nil })?.0 {
        throw Failure(
          "\(path): --\(option) is for log files; a manifest says it itself", hint: "leave the option out, or import the two apart")
      }
      lines += isManifest ? try Self.manifest(path) : try single(path)
    }
    try ManifestLine.check(lines)
    let bar = ProgressBar("importing", unit: "logs", isQuiet: global.quiet)
    let given = lines
    let entered = try await Workplace.open(settings) { workplace in
      try await ImportStage(store: workplace.store, archive: workplace.archive).enter(given) { bar.update($0, of: given.count) }
    }
    bar.finish()
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
      var line = try ManifestLine(json: json, manifest: path, line: index + 1)
      if !line.file.hasPrefix("/"), !folder.isEmpty { line.file = folder + "/" + line.file }
      guard FileManager.default.fileExists(atPath: line.file) else {
        throw Failure("\(path):\(index + 1): there is no file \(line.file)", hint: "files are looked for beside the manifest")
      }
      lines.append(line)
    }
    return lines
  }

  /// What only log files that are no manifests need.
  private var options: [(String, String?)] {
    [
      ("repository", repository), ("commit", commit), ("job", job), ("step", step), ("workflow", workflow), ("branch", branch),
      ("provider", provider), ("pull-request", pullRequest.map { String($0) }), ("attempt", attempt.map { String($0) }),
      ("outcome", outcome), ("external-id", externalID),
    ]
  }

  /// A log file that the options say the build of. They go through the same checks as a manifest's fields.
  private func single(_ given: String) throws -> [ManifestLine] {
    var path = given
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let repository, let commit, let job else {
      throw Failure(
        "\(path): --repository, --commit and --job are needed", hint: "or give a manifest that ends in .jsonl")
    }
    guard path == "-" || FileManager.default.fileExists(atPath: path) else {
      throw Failure("\(path): there is no such file", hint: "check the path")
    }
    var members: [(String, JSONText)] = [
      ("file", .string(path)), ("repository", .string(repository)), ("commit", .string(commit)), ("job", .string(job)),
    ]
    let texts = [
      ("step", step), ("workflow", workflow), ("branch", branch), ("provider", provider), ("outcome", outcome),
      ("externalId", externalID),
    ]
    for (name, text) in texts { if let text { members.append((name, .string(text))) } }
    if let pullRequest { members.append(("pullRequest", .number(pullRequest))) }
    if let attempt { members.append(("attempt", .number(attempt))) }
    return [try ManifestLine(json: JSONText.object(members).text[...], manifest: path, line: 0)]
  }
}
