import Analysis
import Foundation
import FuzzSupport
import PCRE2
import Testing

/// The expressions that people wrote, against lines that programs wrote.
@Suite struct LiteralsPatternTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let shared = Shared.folder("data/patterns")

  private enum Shared {
    /// Nil where the folder isn't there: most people don't have it.
    static func folder(_ name: String) -> URL? {
      let shared = ProcessInfo.processInfo.environment["CULPRIT_SHARED"].map { URL(filePath: $0) }
      let folder = (shared ?? root.appending(path: "../shared")).appending(path: name)
      return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }
  }

  private static func files(below folder: URL) -> [URL] {
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return all.filter { !$0.hasDirectoryPath }.sorted { $0.path < $1.path }
  }

  /// Every so many lines of the sample logs, as text without its endings.
  private static func lines(every: Int) throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for file in files(below: root.appending(path: "samples/logs")) {
      lines += try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }
    return lines.enumerated().filter { $0.offset % every == 0 }.map(\.element)
  }

  /// Returns how many lines matched.
  private func check(_ expression: String, ignoreCase: Bool, literal: Bool, lines: [[UInt8]]) -> Int {
    let tried = LiteralCase(expression: expression, ignoreCase: ignoreCase, literal: literal, subject: [])
    guard let regex = tried.regex else { return 0 }
    let claims = LiteralCase.claims(expression, ignoreCase: ignoreCase, literal: literal)
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 20_000)
    var matches = 0
    for line in lines {
      guard case .match = line.withUnsafeBytes({ matcher.firstMatch(of: regex, in: $0, from: 0) }) else { continue }
      matches += 1
      for claim in claims where !claim.allows(line) {
        Issue.record("\(expression) matches \(String(decoding: line, as: UTF8.self)) without \(claim)")
      }
    }
    return matches
  }

  @Test(.timeLimit(.minutes(20))) func starterPatternsOnSampleLogs() throws {
    let reading = Catalog.read(paths: [Self.root.appending(path: "patterns").path])
    let samples = try Self.lines(every: 5)
    var matches = 0
    for pattern in reading.patterns {
      let isLiteral = if case .literal = pattern.definition.matcher { true } else { false }
      let examples = pattern.examples.hits.flatMap { $0.text.utf8.split(separator: UInt8(ascii: "\n")).map(Array.init) }
      for expression in pattern.definition.matcher.expressions {
        matches += check(expression, ignoreCase: pattern.definition.ignoreCase, literal: isLiteral, lines: examples + samples)
      }
    }
    #expect(matches > 300)
  }

  /// A step of a sequence may be without, if another has some.
  @Test func starterPatternsHaveLiterals() throws {
    let reading = Catalog.read(paths: [Self.root.appending(path: "patterns").path])
    for pattern in reading.patterns {
      let literals = PatternLiterals(pattern.definition)
      #expect(literals.steps.contains { $0.tier != .everyLine }, "\(pattern.id)")
    }
  }

  /// Whole lines and quoted texts of other tools' files of patterns: most are expressions, and what isn't harms nobody.
  @Test(.enabled(if: shared != nil, "needs the patterns of CULPRIT_SHARED"), .timeLimit(.minutes(20)))
  func expressionsOfOthers() throws {
    let folder = try #require(Self.shared)
    var expressions: Set<String> = []
    for file in Self.files(below: folder) {
      guard let text = try? String(contentsOf: file, encoding: .utf8), text.utf8.count < 1 << 20 else { continue }
      for line in text.split(separator: "\n") where line.utf8.count < 2_000 {
        expressions.insert(String(line))
        for quote in ["'", "\""] as [Character] {
          let parts = line.split(separator: quote, omittingEmptySubsequences: false)
          for index in stride(from: 1, to: parts.count - 1, by: 2) {
            expressions.insert(String(parts[index]))
            expressions.insert(String(parts[index]).replacing("\\\\", with: "\\"))
          }
        }
      }
    }
    let ofInterest = expressions.filter { $0.contains { "\\[(|+*?^$".contains($0) } }.sorted()
    let lines = try Self.lines(every: 60)
    var matches = 0
    for (index, expression) in ofInterest.prefix(3_000).enumerated() {
      matches += check(expression, ignoreCase: index % 4 == 0, literal: false, lines: lines)
    }
    #expect(ofInterest.count > 100 && matches > 100)
  }
}
