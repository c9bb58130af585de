import Foundation
import Testing

@testable import Providers

@Suite struct CircleCIOutputTests {
  /// The text of an output that comes in pieces of so many bytes.
  private func text(_ json: String, pieces: Int) throws -> String {
    let collected = Collected()
    let output = CircleCIOutput(collected.sink)
    let bytes = Array(json.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { try output.take($0) }
    }
    #expect(try output.finish() == collected.text.utf8.count)
    return collected.text
  }

  @Test func itGivesWhatAParserGives() throws {
    struct Piece: Codable { let message, time, type: String }
    let messages = [
      "#!/bin/bash\r\n", "", "a\tb \"quoted\" \\ / \u{1B}[31mred\u{1B}[0m\u{8}\u{C}", "größer 日本 👩‍💻\n", "\u{0}\u{FFFD}",
    ]
    for formatting in [JSONEncoder.OutputFormatting.prettyPrinted, [], .withoutEscapingSlashes, .sortedKeys] {
      let encoder = JSONEncoder()
      encoder.outputFormatting = formatting
      let json = String(
        decoding: try encoder.encode(messages.map { Piece(message: $0, time: "2026-01-02T03:04:05Z", type: "out") }), as: UTF8.self)
      for pieces in [1, 2, 3, 7, 1_000] { #expect(try text(json, pieces: pieces) == messages.joined()) }
    }
  }

  @Test func charactersMayBeEscapedInHalves() throws {
    let json = #"[{"message":"\uD83D\uDE00 \u00e4\u000a \uD83D x \uDE00 \uD83D\uD83D\uDE00"}]"#
    for pieces in 1...6 { #expect(try text(json, pieces: pieces) == "😀 ä\n \u{FFFD} x \u{FFFD} \u{FFFD}😀") }
  }

  @Test func onlyTheMessageOfAPieceIsText() throws {
    let json =
      #"[{"type":"message","inner":{"message":"no"},"list":["message",1,null,true],"n":-1.5e3,"message":"yes"},{"truncated":false}]"#
    #expect(try text(json, pieces: 5) == "yes")
  }

  @Test func aKeyMayBeEscaped() throws { #expect(try text(#"[{"m\u0065ssage":"yes","messages":"no"}]"#, pieces: 1) == "yes") }

  @Test(arguments: [#"[{"message":"half"#, "[", #"[{"message":"whole"}"#, #"[{"message":"a\"#, ""]) func aCutIsTold(json: String)
    throws
  {
    #expect(throws: CircleCIOutput.Problem.cut) { try text(json, pieces: 4) }
  }

  @Test(arguments: [
    "<html>", #"{"message":"not in an array"}"#, #"["text"]"#, "[[]]", #"[{"message":"a"}] []"#, #"[{"message":"\x"}]"#, "[1]",
    "[{]}]",
    String(repeating: "[{\"a\":", count: 100),
  ]) func whatIsNoOutputIsTold(json: String) throws {
    #expect(throws: CircleCIOutput.Problem.noPieces) { try text(json, pieces: 3) }
  }
}
