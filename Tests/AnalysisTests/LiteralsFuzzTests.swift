import Foundation
import FuzzSupport
import PCRE2
import Testing

/// The one claim that the speed of scanning rests on: a text that an expression matches holds one of its literals.
@Suite struct LiteralsFuzzTests {
  @Test(.timeLimit(.minutes(20))) func randomExpressionsMatchNothingWithoutALiteral() {
    var fuzzer = LiteralFuzzer(seed: 20_260_102)
    for _ in 0..<2_500 {
      if let found = fuzzer.step() {
        Issue.record("a match without a literal:\n\(found.minimal().text)")
        return
      }
    }
    #expect(fuzzer.claiming > 500 && fuzzer.matches > 4_000)
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/fuzz/literals")

  @Test func keptCasesHold() throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
    let cases = files.filter { $0.pathExtension == "txt" }
    #expect(!cases.isEmpty)
    for file in cases {
      let kept = try #require(LiteralCase(text: String(contentsOf: file, encoding: .utf8)), "\(file.lastPathComponent)")
      #expect(LiteralCase(text: kept.text) == kept)
      let regex = try #require(kept.regex, "\(file.lastPathComponent)")
      #expect(LiteralCase.matches(regex, kept.subject), "\(file.lastPathComponent)")
      #expect(!kept.isCounterexample, "\(file.lastPathComponent)")
    }
  }
}
