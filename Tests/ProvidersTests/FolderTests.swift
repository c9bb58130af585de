import Foundation
import Model
import Testing

@testable import Providers

@Suite struct FolderTests {
  private let scratch: URL

  init() throws {
    scratch = FileManager.default.temporaryDirectory.appending(path: "folder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch.appending(path: "logs"), withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: scratch.appending(path: name))
  }

  private func line(_ file: String, _ more: String = "", job: String = "linux") -> String {
    #"{"file":"\#(file)","repository":"o/r","commit":"\#(sha)","job":"\#(job)"\#(more)}"# + "\n"
  }

  @Test func buildsAndLogsAreThoseOfTheManifest() async throws {
    defer { try? FileManager.default.removeItem(at: scratch) }
    try write("logs/a.log", "one\n")
    try write("logs/b.log", "two\n")
    try FileManager.default.createDirectory(at: scratch.appending(path: "logs/many"), withIntermediateDirectories: true)
    try write("logs/many/x.log", "x\n")
    try write("logs/many/y.log", "y\n")
    try write(
      "manifest.jsonl",
      line("logs/a.log", #","externalId":"7","step":"build","finishedAt":"2026-01-02T03:04:05Z","branch":"main""#) + "\n"
        + line("logs/b.log", #","externalId":"7","step":"test","finishedAt":"2026-01-02T03:04:05Z","branch":"main""#)
        + line("logs/many", #","externalId":"8","outcome":"success","finishedAt":"2026-01-03T03:04:05Z","branch":"main""#)
        + line("logs/a.log", #","externalId":"6","finishedAt":"2020-01-03T03:04:05Z","branch":"main""#)
        + line("logs/a.log", #","externalId":"5","repository":"o/other""#).replacing(#""repository":"o/r","#, with: ""))
    let folder = Folder(path: scratch.path + "/")
    let builds = try await folder.allBuilds(of: "o/r", since: 1_700_000_000, branch: "main").builds
    #expect(builds.map(\.externalID) == ["8", "7"])
    #expect(try await folder.logs(of: builds[1]).map(\.step) == ["build", "test"])
    let many = try await folder.logs(of: builds[0])
    #expect(many.map(\.step) == ["x.log", "y.log"])
    #expect(try await folder.text(of: many[1], builds[0]) == "y\n")
    #expect(try await folder.text(of: try await folder.logs(of: builds[1])[1], builds[1]) == "two\n")
    #expect(try await reason { try await folder.rerun(builds[0]) } == .unsupported)
    try FileManager.default.removeItem(at: scratch.appending(path: "logs/b.log"))
    #expect(try await reason { _ = try await folder.logs(of: builds[1]) } == .gone)
    #expect(try await reason { _ = try await folder.logs(of: build("folder", "99")) } == .gone)
  }

  @Test(arguments: ["../secret", "/etc/passwd", "logs/../../secret", "link", "linked/passwd"])
  func filesLieInTheDirectory(file: String) async throws {
    defer { try? FileManager.default.removeItem(at: scratch) }
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: "/etc/passwd")
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/linked", withDestinationPath: "/etc")
    try write("manifest.jsonl", line(file, #","externalId":"7""#))
    let folder = Folder(path: scratch.path)
    let job = try #require(try await folder.allBuilds(of: "o/r").builds.first)
    #expect(try await reason { _ = try await folder.logs(of: job) } == .malformed)
    #expect(try await reason { _ = try await folder.text(of: LogReference(step: "", locator: "0:\(file)"), job) } == .malformed)
  }

  @Test func whatIsWrongIsTold() async throws {
    defer { try? FileManager.default.removeItem(at: scratch) }
    let folder = Folder(path: scratch.path)
    #expect(try await reason { _ = try await folder.allBuilds(of: "o/r") } == .notFound)
    try write("manifest.jsonl", "\n{}\n")
    await #expect(
      throws: ProviderError(
        .malformed, operation: "list the builds of o/r in \(scratch.path)", detail: "manifest.jsonl:2: \"commit\" is missing")
    ) { _ = try await folder.allBuilds(of: "o/r") }
    for manifest in [line("a", #","provider":"github""#), line("a") + line("b")] {
      try write("manifest.jsonl", manifest)
      #expect(try await reason { _ = try await folder.allBuilds(of: "o/r") } == .malformed)
    }
  }
}
