import FuzzSupport
import Analysis
import Model
import Testing

@Suite struct CatalogFuzzTests {
  /// SplitMix64 (Steele, Lea and Flood 2014).
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let pieces = [
    "\n", " ", "  ", ": ", "- ", "'", "\"", "[", "]", "{", "}", "&a ", "*a ", "!!x ", "|", ">", "?", "#", "%", "\\", "(", ")",
    "(?<", "*",
    "+", "++", "{1,9}", "\\Q", "\\E", "[^", "\\x{", "(?|", "(?(1)", "(?x)", "\\p{L}", "---\n", "\0", "\u{FEFF}", "é", "${", "}",
  ].map { Array($0.utf8) }

  @Test(.timeLimit(.minutes(20))) func mutatedFilesNeverCrash() {
    var random = Generator(state: 20_260_102)
    var valid = 0
    for _ in 0..<3_000 {
      var bytes = Array(CatalogFixture.full.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...12, using: &random)))
        case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
        default:
          let from = Int.random(in: 0..<bytes.count, using: &random)
          bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + 40)], at: at)
        }
        if bytes.isEmpty { break }
      }
      let file = CatalogFixture.read(bytes)
      #expect((file.pattern == nil) == file.issues.contains { $0.severity == .error })
      #expect(file.issues.allSatisfy { !$0.description.contains("\n") && ($0.line ?? 1) >= 1 })
      if file.pattern != nil { valid += 1 }
    }
    #expect(valid > 100)
  }
}
