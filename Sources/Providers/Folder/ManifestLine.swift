import Crypto
import Foundation
import Model

/// One line of a manifest: a log file and the build that it belongs to.
package struct ManifestLine: Sendable, Equatable {
  /// As the manifest says it; relative to the manifest's folder.
  package var file: String
  package var build: Build
  package var step: String
  /// Where it stands, for whoever has to mend it.
  package let manifest: String
  /// From 1; 0 for a file that was given with options.
  package let line: Int

  /// What is wrong with a line.
  package struct Problem: Error, Equatable, CustomStringConvertible {
    package let manifest: String
    /// From 1; 0 for a file that was given with options.
    package let line: Int
    package let what: String

    package var description: String { "\(Self.place(manifest, line)): \(what)" }

    static func place(_ manifest: String, _ line: Int) -> String { line == 0 ? manifest : "\(manifest):\(line)" }
  }

  static let fields = [
    "file", "repository", "commit", "branch", "pullRequest", "provider", "workflow", "job", "step", "attempt", "outcome",
    "externalId", "url", "finishedAt",
  ]

  package init(json: Substring, manifest: String, line: Int) throws(Problem) {
    func problem(_ what: String) -> Problem { Problem(manifest: manifest, line: line, what: what) }
    (self.manifest, self.line) = (manifest, line)
    guard let object = try? JSONDecoder().decode([String: Value].self, from: Data(json.utf8)) else {
      throw problem("this is not a JSON object")
    }
    for name in object.keys.sorted() where !Self.fields.contains(name) {
      let nearest = NearestName.of(name, among: Self.fields)
      throw problem("unknown field \"\(name)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
    }
    func text(_ name: String) throws(Problem) -> String? {
      guard let value = object[name], value != .null else { return nil }
      guard case .text(let text) = value else { throw problem("\"\(name)\" must be a string") }
      guard !text.utf8.contains(0) else { throw problem("\"\(name)\" holds a NUL character") }
      guard text.utf8.count <= 4_096 else { throw problem("\"\(name)\" is longer than 4096 bytes") }
      return text
    }
    func needed(_ name: String) throws(Problem) -> String {
      guard let text = try text(name), !text.isEmpty else { throw problem("\"\(name)\" is missing") }
      return text
    }
    func number(_ name: String, atLeast least: Int) throws(Problem) -> Int? {
      guard let value = object[name], value != .null else { return nil }
      guard case .number(let number) = value, number >= least, number <= Int(Int32.max) else {
        throw problem("\"\(name)\" must be a whole number of at least \(least)")
      }
      return number
    }
    let commit = try needed("commit").lowercased()
    guard (7...64).contains(commit.count), commit.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw problem("\"commit\" must be 7 to 64 hexadecimal digits") }
    let outcomeName = try text("outcome") ?? Build.Outcome.failure.rawValue
    guard let outcome = Build.Outcome(rawValue: outcomeName) else {
      let names = Build.Outcome.allCases.map(\.rawValue).joined(separator: ", ")
      throw problem("\"outcome\" is \"\(outcomeName)\"; it must be one of \(names)")
    }
    var finishedAt: Double?
    if let time = try text("finishedAt") {
      // The parser takes the 31st of February for the 3rd of March.
      guard CalendarDay(String(time.prefix(10))) != nil, let date = Self.date(time), date.timeIntervalSince1970 >= 0 else {
        throw problem("\"finishedAt\" is \"\(time)\"; it must be a time such as 2026-01-02T03:04:05Z")
      }
      finishedAt = date.timeIntervalSince1970
    }
    let provider = try text("provider") ?? "folder"
    let repository = try needed("repository")
    let workflow = try text("workflow") ?? ""
    let job = try needed("job")
    file = try needed("file")
    step = try text("step") ?? ""
    build = Build(
      provider: provider, repository: repository,
      externalID: try text("externalId")
        ?? Self.externalID(provider: provider, repository: repository, commit: commit, workflow: workflow, job: job),
      attempt: try number("attempt", atLeast: 1) ?? 1, commit: commit, branch: try text("branch") ?? "",
      pullRequest: try number("pullRequest", atLeast: 1), workflow: workflow, job: job, outcome: outcome,
      url: try text("url"), finishedAt: finishedAt)
  }

  private enum Value: Decodable, Equatable {
    case null
    case text(String)
    case number(Int)
    case other

    init(from decoder: any Decoder) throws {
      guard let container = try? decoder.singleValueContainer() else {
        self = .other
        return
      }
      if container.decodeNil() {
        self = .null
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else {
        self = .other
      }
    }
  }

  /// Makes sure that no two lines contradict each other: of two files for one log only the later would be kept, and two accounts of
  /// one build would replace each other at every import.
  ///
  /// - Throws: `Problem`, of the later line.
  package static func check(_ lines: [ManifestLine]) throws(Problem) {
    struct BuildName: Hashable {
      let provider, repository, externalID: String
      let attempt: Int
    }
    struct LogName: Hashable {
      let build: BuildName
      let step: String
    }
    var builds: [BuildName: ManifestLine] = [:]
    var logs: [LogName: ManifestLine] = [:]
    for line in lines {
      let build = line.build
      let name = BuildName(
        provider: build.provider, repository: build.repository, externalID: build.externalID, attempt: build.attempt)
      let of = "job \(build.job) of commit \(build.commit.prefix(12))"
      if let first = builds[name], let fact = build.difference(from: first.build) {
        throw line.problem("another \(fact) for the same attempt of \(of) than at \(first.place)")
      }
      if let first = logs[LogName(build: name, step: line.step)], first.file != line.file {
        throw line.problem(
          "another file as the log of \(of) than at \(first.place); tell them apart by step, attempt or externalId")
      }
      builds[name] = line
      logs[LogName(build: name, step: line.step)] = line
    }
  }

  private func problem(_ what: String) -> Problem { Problem(manifest: manifest, line: line, what: what) }
  private var place: String { Problem.place(manifest, line) }

  /// A stable name for a build whose provider gave none: the same job of the same commit gets the same.
  package static func externalID(
    provider: String, repository: String, commit: String, workflow: String, job: String
  ) -> String {
    var hash = SHA256()
    for part in [provider, repository, commit, workflow, job] {
      hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
    }
    return "import-" + hash.finalize().prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private static func date(_ text: String) -> Date? {
    (try? Date(text, strategy: .iso8601)) ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }
}

extension Build {
  /// The first field of a manifest in which two accounts of a build differ.
  fileprivate func difference(from other: Build) -> String? {
    let facts: [(String, Bool)] = [
      ("commit", commit == other.commit), ("branch", branch == other.branch), ("pullRequest", pullRequest == other.pullRequest),
      ("workflow", workflow == other.workflow), ("job", job == other.job), ("outcome", outcome == other.outcome),
      ("url", url == other.url), ("finishedAt", finishedAt == other.finishedAt),
    ]
    return facts.first { !$0.1 }?.0
  }
}
