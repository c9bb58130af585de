/// The attempt of a build where the system doesn't count attempts, or counts from 1 again when something is made anew: when it began.
/// So the same id never stands for two runs.
enum AttemptByTime {
  /// 2010-01-01 00:00 UTC, before there was any such build; so the number fits into 32 bits until 2078.
  private static let origin: Double = 1_262_304_000

  /// Seconds since 2010, at least 1.
  ///
  /// - Parameter moment: seconds since 1970-01-01 00:00 UTC; nil where nobody knows.
  static func number(_ moment: Double?) -> Int {
    Int(max(1, min((moment ?? origin) - origin, Double(Int32.max))))
  }
}
