import Model
import Analysis
import Store

/// What a curator could write a pattern for.
package struct Suggestions: Sendable {
  /// Failed builds that nothing explains.
  package var unexplained = 0
  /// Whether there were more of them than are read; the latest were.
  package var isCut = false
  /// Of these, those that are in no cluster, the latest first: their logs say nothing that could be a pattern, or nothing that passing
  /// builds don't say.
  package var untold: [Store.UnexplainedBuild] = []
  /// All clusters, those among them that are over the limit.
  package var clusters = 0
  /// The largest first.
  package var suggestions: [Suggestion] = []
  /// Why logs could not be read.
  package var lost: [String] = []

  /// None yet.
  package init() {}

  /// Why so many builds are in no cluster, as the rest of a sentence that begins with their number.
  package static func whyUntold(_ count: Int) -> String {
    "\(count == 1 ? "says" : "say") nothing that could be a pattern, or nothing that passing builds don't say"
  }

  /// Failed builds that say the same, and a pattern for them.
  package struct Suggestion: Sendable {
    package let builds: Int
    /// When the first and the last of them finished, in seconds since 1970.
    package let firstSeen, lastSeen: Double
    /// In order.
    package let jobs: [JobIdentity]
    /// Lines of different builds, the latest first; at most three.
    package let samples: [Sample]
    /// Nil if the lines are such that no pattern could be drafted.
    package let draft: PatternDraft?
  }

  package struct Sample: Sendable {
    package let build: Store.UnexplainedBuild
    /// The log that the line stands in.
    package let log: Int64
    /// From 1.
    package let line: Int
    /// The beginning of the cleaned line.
    package let text: String
  }
}
