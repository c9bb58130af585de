import FuzzSupport

/// Are the literals of an expression in every text that it matches?
enum LiteralsMode {
  static func run(seconds: Double, seed: UInt64) -> Bool {
    var fuzzer = LiteralFuzzer(seed: seed)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end {
      if let found = fuzzer.step() {
        let minimal = found.minimal()
        print("a match without a literal; keep this in Tests/Fixtures/fuzz/literals:\n")
        print(minimal.text)
        for claim in LiteralCase.claims(minimal.expression, ignoreCase: minimal.ignoreCase, literal: minimal.literal) {
          print(claim)
        }
        return false
      }
    }
    print("\(fuzzer.expressions) expressions, \(fuzzer.claiming) with literals, \(fuzzer.matches) matching texts: nothing found")
    return true
  }
}
