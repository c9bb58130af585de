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
    func run(_ arguments: String...) throws -> Command { try Command.culprit(arguments, environment: variables) }
    #expect(try run("import", manifest).output == "\(lines.count) new builds, \(lines.count) new logs, 0 changed\n")
    #expect(try run("patterns", "sync").status == 0)
    let done = try #require(try run("rescan", "--format", "json").json().last)
    #expect(done["logs"] as? Int == lines.count)
    #expect(done["inconclusive"] as? Int == 0)
    #expect((done["findings"] as? Int ?? 0) > lines.count)
    #expect(try run("rescan", "--dry-run", "--format", "json").json().last?["pairs"] as? Int == 0)
    let report = try #require(try run("report", "--format", "json").json().last)
    #expect((report["unexplained"] as? Int ?? .max) < lines.count / 2)
    try await database.drop()
  }
}
