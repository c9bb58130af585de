import Foundation
import Testing
import TestSupport

/// What the README tells people to type works, and prints what it says.
@Suite struct ReadmeTests {
  private static let readme = TestLedger.repositoryRoot + "/README.md"

  /// Commands that set up, build or test; whoever runs this has run them.
  private static let building = ["scripts/", "swift build", "export PATH="]

  @Test func itsCommandsRunInTheirOrder() async throws {
    let text = try String(contentsOfFile: Self.readme, encoding: .utf8)
    let scratch = try ScratchFolder()
    let environment = ["CULPRIT_DATA": scratch.path + "/data"]
    var outputs = ""
    let blocks = Self.blocks(of: text)
    for line in blocks.filter({ $0.language == "sh" }).flatMap(\.lines) {
      if Self.building.contains(where: line.hasPrefix) || line.hasPrefix("export CULPRIT_DATA=") { continue }
      let words = line.replacing(".build/release/culprit", with: "culprit").split(separator: " ").map(String.init)
      #expect(words.first == "culprit", "\(line)")
      let run = try await Command.culprit(Array(words.dropFirst()), environment: environment, folder: TestLedger.repositoryRoot)
      #expect(run.status == (words[1] == "scan" ? 1 : 0), "\(line): \(run.errors)")
      outputs += run.output
    }
    // Of the output that it shows, all but times must be what is printed.
    for line in blocks.filter({ $0.language.isEmpty }).flatMap(\.lines) where !line.hasPrefix("DATABASE_URL=") {
      let isPrinted = outputs.contains(line.replacing(/; [0-9.]+ s$/, with: ""))
      #expect(isPrinted, "the README shows, and nothing prints: \(line)")
    }
  }

  /// The fenced blocks of a Markdown text.
  private static func blocks(of text: String) -> [(language: String, lines: [String])] {
    var blocks: [(language: String, lines: [String])] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside.toggle()
        if isInside { blocks.append((String(line.dropFirst(3)), [])) }
      } else if isInside, !line.isEmpty {
        blocks[blocks.count - 1].lines.append(String(line))
      }
    }
    return blocks
  }
}
