import Model
import PCRE2

/// What the searches for one pattern in one log cost.
package struct SearchCost: Sendable, Equatable {
  package var pattern: PatternID
  package var searches: Int
  /// CPU time.
  package var nanoseconds: Int
}

/// Measures the CPU time of searches. Reading the clock takes about as long as a short search, so this is for a share of the logs.
struct SearchMeter {
  private var searches: [Int]
  private var nanoseconds: [UInt64]
  private var began: UInt64 = 0
  /// What the clock says of nothing at all.
  private let overhead: UInt64

  init(patterns: Int) {
    searches = Array(repeating: 0, count: patterns)
    nanoseconds = Array(repeating: 0, count: patterns)
    overhead = (0..<8).reduce(UInt64.max) { least, _ in
      let began = Matcher.threadNanoseconds()
      return min(least, Matcher.threadNanoseconds() - began)
    }
  }

  mutating func begin() { began = Matcher.threadNanoseconds() }

  /// - Parameter index: of the pattern in the program.
  mutating func end(_ index: Int) {
    let spent = Matcher.threadNanoseconds() - began
    searches[index] += 1
    nanoseconds[index] += spent - min(spent, overhead)
  }

  func costs(of program: ScanProgram) -> [SearchCost] {
    searches.indices.compactMap { index in
      searches[index] == 0
        ? nil
        : SearchCost(
          pattern: program.patterns[index].pattern.id, searches: searches[index], nanoseconds: Int(nanoseconds[index]))
    }
  }
}
