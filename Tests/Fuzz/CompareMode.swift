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
    limits.keptBytes = 1 << 40
    var bytes = 0
    var sum = Differential.Outcome()
    var differences = 0
    for path in logs {
      defer { fflush(nil) }  // whoever waits for hours sees what was found so far
      guard let log = FileManager.default.contents(atPath: path).map({ Array($0) }) else { continue }
      bytes += log.count
      for start in stride(from: 0, to: patterns.count, by: portion) {
        let some = Array(patterns[start..<min(start + portion, patterns.count)])
        let differential = Differential(log: log, patterns: some, limits: limits, plainMatchLimit: 10 * limits.matchLimit)
        guard let outcome = differential.run() else { continue }
        if outcome.scanSeconds > 10 { print("\(path): expressions from \(start) on took \(outcome.scanSeconds) s") }
        sum.findings += outcome.findings
        sum.givenUp += outcome.givenUp
        guard let difference = outcome.difference else { continue }
        differences += 1
        print("\(path): \(difference)")
      }
    }
    print("\(logs.count) logs, \(bytes) bytes, \(sum.findings) findings, \(sum.givenUp) pairs given up: \(differences) differences")
    return differences == 0
  }
}
