import Analysis
import Foundation
import Model
import PCRE2

/// Does the scanner find what each of some given expressions finds in each segment of some given logs?
enum CompareMode {
  /// Expressions that are scanned for at a time.
  private static let portion = 300

  /// - Parameters:
  ///   - list: a file with an expression on each line. What PCRE2 rejects is passed over.
  ///   - logs: files.
  static func run(expressions list: String, logs: [String]) -> Bool {
    guard let text = try? String(contentsOfFile: list, encoding: .utf8) else {
      print("can't read \(list)")
      return false
    }
    let lines = text.split(separator: "\n").map(String.init)
    let patterns = lines.enumerated().filter { (try? Regex($0.element)) != nil }.map { number, expression in
      Pattern(
        id: PatternID("line/\(number + 1)"), title: "", definition: MatchDefinition(matcher: .match(expression)), verdict: .failure)
    }
    print("\(patterns.count) expressions of \(lines.count)")
    var limits = ScanLimits()
    limits.findingsPerPattern = 1 << 30
    limits.findingsPerLog = 1 << 30
    var bytes = 0
    var findings = 0
    var undecided = 0
    for path in logs {
      guard let log = FileManager.default.contents(atPath: path).map({ Array($0) }) else { continue }
      bytes += log.count
      for start in stride(from: 0, to: patterns.count, by: portion) {
        let some = Array(patterns[start..<min(start + portion, patterns.count)])
        guard let program = try? ScanProgram(some) else { continue }
        let clock = ContinuousClock.now
        let scanned = scanText(log, program: program, limits: limits)
        let seconds = (ContinuousClock.now - clock) / .seconds(1)
        let plain = PlainLoop.scan(log, some, matchLimit: limits.matchLimit, limits: limits)
        let givenUp = plain.undecided.union(scanned.summary.inconclusive.map(\.pattern))
        undecided += givenUp.count
        if seconds > 10 { print("\(path): expressions from \(start) on took \(seconds) s") }
        let ids = Set(some.map(\.id)).subtracting(givenUp)
        let found = scanned.findings.filter { ids.contains($0.pattern) }.map { PlainLoop.describe($0) }.sorted()
        let wanted = plain.found.filter { line in ids.contains(PatternID(String(line.prefix { $0 != " " }))) }.sorted()
        findings += found.count
        guard found == wanted else {
          let difference = zip(found, wanted).first { $0 != $1 }
          print("\(path): \(found.count) findings, not \(wanted.count): \(difference.map { "\($0.0), not \($0.1)" } ?? "too few")")
          return false
        }
      }
    }
    print("\(logs.count) logs, \(bytes) bytes, \(findings) findings, \(undecided) pairs given up: no difference")
    return true
  }
}
