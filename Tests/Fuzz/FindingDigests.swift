import Analysis
import Model

/// What was found, by pattern, to be compared with what another way of searching finds: there may be millions, so of each pattern only their
/// number and a hash over all of them in their order is kept.
struct FindingDigests {
  struct Digest: Equatable {
    var count = 0
    var hash = 0
  }
  private(set) var digests: [PatternID: Digest] = [:]
  /// What each finding is, if that is wanted.
  private(set) var texts: [String] = []
  private let keepsTexts: Bool

  init(keepsTexts: Bool = false) { self.keepsTexts = keepsTexts }

  /// - Parameter finding: the next one of its pattern.
  mutating func add(_ finding: Finding) {
    var hasher = Hasher()
    hasher.combine(digests[finding.pattern]?.hash)
    hasher.combine(finding.line)
    hasher.combine(finding.segment)
    hasher.combine(finding.start)
    hasher.combine(finding.end)
    hasher.combine(finding.matched)
    for capture in finding.captures {
      hasher.combine(capture.number)
      hasher.combine(capture.value)
    }
    digests[finding.pattern, default: Digest()].count += 1
    digests[finding.pattern]?.hash = hasher.finalize()
    guard keepsTexts else { return }
    let captures = finding.captures.map { "\($0.number)=\($0.value)" }.joined(separator: " ")
    texts.append(
      "\(finding.pattern) \(finding.line):\(finding.segment) \(finding.start)-\(finding.end) \(finding.matched.debugDescription) \(captures)"
    )
  }

  /// Findings of some patterns.
  func count(of patterns: Set<PatternID>) -> Int { patterns.reduce(0) { $0 + (digests[$1]?.count ?? 0) } }

  /// The first of the patterns of which something else was found.
  func firstDifference(from other: FindingDigests, among patterns: Set<PatternID>) -> PatternID? {
    patterns.sorted().first { digests[$0] != other.digests[$0] }
  }

  /// In words, what is different of a pattern; both must have kept their texts.
  static func describe(_ found: FindingDigests, _ wanted: FindingDigests, of pattern: PatternID) -> String {
    let found = found.texts.filter { $0.hasPrefix("\(pattern) ") }
    let wanted = wanted.texts.filter { $0.hasPrefix("\(pattern) ") }
    let first = zip(found, wanted).first { $0 != $1 }
    let more = found.count > wanted.count ? "too many: \(found[wanted.count])" : nil
    let fewer = found.count < wanted.count ? "too few: not \(wanted[found.count])" : nil
    return "\(found.count) findings, not \(wanted.count): "
      + (first.map { "\($0.0), not \($0.1)" } ?? more ?? fewer ?? "no difference")
  }
}
