import Foundation
import Testing
import TestSupport

/// `culprit patterns explain`, run as users run it.
@Suite struct ExplainCommandTests {
  private func explain(_ folder: ScratchFolder, _ arguments: String...) async throws -> Command {
    try await Command.culprit(["patterns", "explain", "--patterns", folder.path + "/patterns"] + arguments)
  }

  @Test func aLiteralIsToldAsItIsLookedFor() async throws {
    let folder = try ScratchFolder()
    try folder.pattern("a/start", match: "^abc\\w", hit: "abcd")
    try folder.pattern("a/short", match: "^ab\\w", hit: "abc")
    let start = try await explain(folder, "a/start").lines
    #expect(
      start.dropFirst(1).prefix(3) == [
        "match: ^abc\\w", "  searched by (four to six bytes at every place, fast enough):",
        "    \"abc\"  at the start, found by \"\\nabc\"",
      ])
    #expect(!start.contains { $0.contains("slow") })
    let short = try await explain(folder, "a/short").lines
    #expect(
      short.dropFirst(2).prefix(4) == [
        "  searched by: nothing, every line is looked at", "  tried only where the line holds:", "    \"ab\"  at the start",
        "  slow: its text \"ab\" of 2 bytes, with the line break before it, is too short to search by, so every line is looked at",
      ])
  }

  /// All patterns of the folder are searched for at once, and which q-grams are best depends on how many there are.
  @Test func theFolderCounts() async throws {
    let folder = try ScratchFolder()
    try folder.pattern("a/device", match: "no space left on device", hit: "no space left on device")
    let alone = try await explain(folder, "a/device", "--format", "json").output
    #expect(alone.contains(#""tier":"fours","window":"6e6f2073706163"}],"further":[],"slow":[]}]"#), "\(alone)")
    for number in 0..<100 { try folder.pattern("b/p\(number)", match: "another text \(number)", hit: "another text \(number)") }
    let among = try await explain(folder, "a/device", "--format", "json").output
    #expect(among.contains(#"{"id":"a/device","tier":"eights","#), "\(among)")
  }
}
