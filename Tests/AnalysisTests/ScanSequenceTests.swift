import FuzzSupport
import Analysis
import Model
import Testing

@Suite struct ScanSequenceTests {
  private func places(_ log: String, _ steps: [String], within: Int = 50) throws -> [String] {
    let program = try ScanProgram([Pattern("s", .sequence(steps, within: within))])
    return scanText(Array(log.utf8), program: program).findings.map { finding in
      "\(finding.line):\(finding.segment) \(finding.start) "
        + finding.captures.map { "\($0.number)=\($0.value)" }.joined(separator: " ")
    }
  }

  @Test func stepsAreOnLaterLines() throws {
    #expect(try places("a1\nb2\n", ["a(.)", "b(.)"]) == ["2:0 0 1=1 2=2"])
    #expect(try places("a1b2\n", ["a(.)", "b(.)"]) == [])
    #expect(try places("a1\rb2\n", ["a(.)", "b(.)"]) == [])
    #expect(try places("b2\na1\n", ["a(.)", "b(.)"]) == [])
    #expect(try places("a1\nx\nxb2", ["a(.)", "b(.)"]) == ["3:0 1 1=1 2=2"])
    #expect(try places("a1\na2\na3\na4\n", ["a(.)", "a(.)"]) == ["2:0 0 1=1 2=2", "4:0 0 1=3 2=4"])
    #expect(try places("a1\nx\rb2b3\rb4\n", ["a(.)", "b(.)"]) == ["2:1 0 1=1 2=2"])
  }

  @Test func theNearestLaterStepsCount() throws {
    #expect(try places("a1\nb2\nb3\nc4\nc5\n", ["a(.)", "b(.)", "c(.)"]) == ["4:0 0 1=1 2=2 3=4"])
    // The second `a` has its own nearest `b`, but the chain of the first one is complete before.
    #expect(try places("a1\nb2\na3\nb4\nc5\nc6\n", ["a(.)", "b(.)", "c(.)"]) == ["5:0 0 1=1 2=2 3=5"])
    #expect(try places("a1\na2\nb3\nb4\n", ["a(.)", "b(.)"]) == ["3:0 0 1=1 2=3"])
  }

  @Test func findingsDoNotOverlap() throws {
    #expect(try places("a1\nb2\na3\nb4\n", ["a(.)", "b(.)"]) == ["2:0 0 1=1 2=2", "4:0 0 1=3 2=4"])
    // The line that ends one sequence doesn't begin the next.
    #expect(try places("a1\nba2\nb3\n", ["a(.)", "ba?(.)"]) == ["2:0 0 1=1 2=2"])
    #expect(try places("a1\nx2\nx3\n", ["[ax](.)", "x(.)"]) == ["2:0 0 1=1 2=2"])
  }

  @Test func allStepsLieWithin() throws {
    #expect(try places("a1\n\nb2\n", ["a(.)", "b(.)"], within: 3).count == 1)
    #expect(try places("a1\n\nb2\n", ["a(.)", "b(.)"], within: 2) == [])
    #expect(try places("a1\nb2\n\nc3\n", ["a(.)", "b(.)", "c(.)"], within: 4).count == 1)
    #expect(try places("a1\nb2\n\nc3\n", ["a(.)", "b(.)", "c(.)"], within: 3) == [])
    // The first chain is too old by then, the second isn't.
    #expect(try places("a1\n\na2\nb3\n", ["a(.)", "b(.)"], within: 2) == ["4:0 0 1=2 2=3"])
    #expect(try places("a1\nb2\na3\nb4\nc5\n", ["a(.)", "b(.)", "c(.)"], within: 3) == ["5:0 0 1=3 2=4 3=5"])
  }

  @Test func capturesAreNumberedThrough() throws {
    let program = try ScanProgram([Pattern("s", .sequence(["(x)?(?<n>a)", "b", "(y)?(?<n>c)(.)"], within: 9))])
    let findings = scanText(Array("a\nb\nc!\n".utf8), program: program).findings
    #expect(
      findings.map(\.captures) == [
        [.init(number: 2, name: "n", value: "a"), .init(number: 4, name: "n", value: "c"), .init(number: 5, value: "!")]
      ])
    #expect(findings.first?.matched == "c!")
    #expect(findings.first?.capture("n") == "c")
  }

  @Test func oneStepIsASequence() throws {
    #expect(try places("a1a2\nx\na3\n", ["a(.)"]) == ["1:0 0 1=1", "3:0 0 1=3"])
  }

  @Test func manyChainsExpire() throws {
    let log =
      String(repeating: "a\n", count: 20_000) + "b\n" + String(repeating: "a\n", count: 10) + String(repeating: "\n", count: 60)
      + "b\n"
    #expect(try places(log, ["a", "b"]) == ["20001:0 0 "])
  }

  @Test(arguments: 0..<10) func sequencesEqualBruteForce(_ block: Int) throws {
    for seed in block * 40..<(block + 1) * 40 {
      var random = SplitMix64(seed: UInt64(6_000_000 + seed))
      let letters = ["a", "b", "c", "ab", "bc", "abc", "", "x", "a\rb", "c\ra"]
      let log = (0..<60).map { _ in random.pick(letters) + String(random.below(10)) }.joined(separator: "\n")
      let steps = (0..<1 + random.below(4)).map { _ in random.pick(["(a).*?(\\d)", "b", "(?<n>c)", "[ab]", "\\d$", "(a)|(c)"]) }
      let patterns = [
        Pattern("s", .sequence(steps, within: 1 + random.below(12)), tail: random.once(in: 3) ? 1 + random.below(40) : nil)
      ]
      guard case .sequence(_, let within) = patterns[0].definition.matcher else { continue }
      let expected = try ReferenceScan.findings(in: Array(log.utf8), patterns)
      let findings = scanText(Array(log.utf8), program: try ScanProgram(patterns), limits: .untimed).findings
      #expect(difference(findings.map(\.withoutText), expected) == nil, "seed \(seed), \(steps) within \(within)")
    }
  }
}
