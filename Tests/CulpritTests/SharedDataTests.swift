import Foundation
import Testing
import TestSupport

/// Real logs of public projects, where they are present: $CULPRIT_SHARED, else ../shared.
@Suite struct SharedDataTests {
  private static let folder =
    (ProcessInfo.processInfo.environment["CULPRIT_SHARED"] ?? TestLedger.repositoryRoot + "/../shared") + "/data"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder + "/logs"), "the shared data is not here"))
  func realLogsAreImportedAndScanned() async throws {
    let scratch = try ScratchFolder()
    let database = try await TestDatabase.create()
    let variables = ["DATABASE_URL": try await database.url, "CULPRIT_DATA": scratch.path]
    var lines: [String] = []
    for folder in ["marked/pytorch", "logs/bugswarm", "logs/bump/benchmark", "logs/gitlab-runner", "logs/gitlab-trace-fixtures"] {
      for file in try FileManager.default.subpathsOfDirectory(atPath: Self.folder + "/" + folder).sorted() {
        let path = Self.folder + "/" + folder + "/" + file
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
        guard !file.hasSuffix(".jsonl") else { continue }
        let commit = String(repeating: "0", count: 36) + String(format: "%04x", lines.count)
        lines.append(#"{"file":"\#(path)","repository":"public/logs","commit":"\#(commit)","job":"\#(folder)"}"#)
      }
    }
    let manifest = try scratch.write(lines.joined(separator: "\n"), to: "manifest.jsonl")
    func run(_ arguments: String...) async throws -> Command { try await Command.culprit(arguments, environment: variables) }
    #expect(try await run("import", manifest).output == "\(lines.count) new builds, \(lines.count) new logs, 0 changed\n")
    #expect(try await run("patterns", "sync").status == 0)
    let done = try #require(try await run("rescan", "--format", "json").json().last)
    #expect(done["logs"] as? Int == lines.count)
    #expect(done["inconclusive"] as? Int == 0)
    #expect((done["findings"] as? Int ?? 0) > lines.count)
    #expect(try await run("rescan", "--dry-run", "--format", "json").json().last?["pairs"] as? Int == 0)
    let report = try #require(try await run("report", "--format", "json").json().last)
    #expect((report["unexplained"] as? Int ?? .max) < lines.count / 2)
    try await database.drop()
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder + "/marked"), "the shared data is not here"))
  func theStarterSetScoresAsTheReadmeSays() async throws {
    let readme = try String(contentsOfFile: TestLedger.repositoryRoot + "/README.md", encoding: .utf8)
    func score(_ half: String) async throws -> Command {
      try await Command.culprit(["patterns", "score", Self.folder + "/marked/pytorch", "--half", half])
    }
    let development = try #require(try await score("development").lines.first)
    #expect(readme.contains(development))
    let heldOut = try #require(try await score("held-out").lines.first)
    #expect(heldOut.hasPrefix("8 marked logs: 7 explained (87.5 %), 7 by the marked line"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder + "/logs"), "the shared data is not here"))
  func passingLogsAreLeftAlone() async throws {
    let labels = try String(contentsOfFile: Self.folder + "/logs/bugswarm/LABELS.jsonl", encoding: .utf8)
    let logs = try labels.split(separator: "\n").compactMap { line -> String? in
      let label = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return label?["status"] as? String == "ok" ? label?["log"] as? String : nil
    }
    #expect(!logs.isEmpty)
    let scan = try await Command.culprit(["scan", "--format", "json"] + logs.map { "\(Self.folder)/logs/bugswarm/\($0)" })
    #expect(try scan.json().compactMap { $0["pattern"] as? String } == [])
    #expect(scan.status == 0)
  }
}
