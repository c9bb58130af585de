import Crypto
import Foundation
import Model

/// One line of a manifest: a log file and the build that it belongs to.
package struct ManifestLine: Sendable, Equatable {
  /// As the manifest says it; relative to the manifest's folder.
  package var file: String
  /// The build whose log it is.
  package let build: Build
  /// The step of that build; empty if it has but one log.
  package let step: String
  /// Where this was said, as errors name it: `manifest.jsonl:3`.
  package let place: String

  /// What is wrong with a line.
  package struct Problem: Error, Equatable, CustomStringConvertible {
    /// As `ManifestLine.place`.
    package let place: String
    /// In words.
    package let what: String

    /// The place, then what is wrong there.
    package var description: String { "\(place): \(what)" }
  }

  /// Of names and addresses, in bytes of UTF-8: what is entered can be asked for, too.
  package static let longestText = 4_096

  static let fields = [
    "file", "repository", "commit", "branch", "pullRequest", "provider", "workflow", "job", "step", "attempt", "outcome",
    "externalId", "url", "finishedAt",
  ]

  /// Reads a line, and makes sure that it says all that is needed and nothing that isn't known.
  /// - Parameter place: where it stands.
  package init(json: Substring, place: String) throws(Problem) {
    func problem(_ what: String) -> Problem { Problem(place: place, what: what) }
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
      guard text.utf8.count <= Self.longestText else { throw problem("\"\(name)\" is longer than \(Self.longestText) bytes") }
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
      guard let moment = Timestamp(time) else {
        throw problem("\"finishedAt\" is \"\(time)\"; it must be a time such as 2026-01-02T03:04:05Z")
      }
      finishedAt = moment.secondsSince1970
    }
    let provider = try text("provider") ?? "folder"
    let repository = try needed("repository")
    let workflow = try text("workflow") ?? ""
    let job = try needed("job")
    self.place = place
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
}
