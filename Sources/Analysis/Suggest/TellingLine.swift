/// A line of a failed build's log that may tell what went wrong.
package struct TellingLine: Sendable, Equatable {
  /// Masked, without the white space that the line begins with.
  package let template: LineTemplate
  package let key: String
  /// From 1, by `\n` in the raw log.
  package let line: Int
  /// The beginning of the cleaned line.
  package let text: String
  /// How much it looks like an error: 1 if only by standing at the end, 2 if it speaks of trouble, 4 if it names an error.
  package let weight: Int

  /// Whether it was taken for what it says, and not for where it stands.
  package var looksLikeError: Bool { weight > 1 }
}
