import Model

/// What became of a rule of another tool.
package struct ImportedRule: Sendable, Equatable {
  package enum Outcome: String, Sendable {
    /// It finds what it found.
    case converted
    /// It finds what it found but for what its notes tell.
    case changed
    case refused
  }

  /// Where it stands: the file, and what it is called there.
  package let origin: String
  package let title: String
  /// The expression as it was; of several lines, joined.
  package let text: String
  package let outcome: Outcome
  /// What is not quite what it was, or why it was refused.
  package let notes: [String]
  /// In which single characters, that logs hardly ever hold, it finds more or less than it did. Such rules count as converted.
  package var remarks: [String] = []
  /// The pattern's file, unless it was refused.
  package let file: File?

  package struct File: Sendable, Equatable {
    /// Without the ending.
    package let name: String
    package let yaml: String
  }
}
