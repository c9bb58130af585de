/// One thing that is wrong, or looks wrong, in a pattern file.
package struct CatalogIssue: Sendable, Hashable, CustomStringConvertible {
  /// Errors keep the whole catalog from being used; warnings don't.
  package enum Severity: String, Sendable, Codable {
    case error, warning
  }

  package var severity: Severity
  /// The file as the person named it, relative paths included.
  package var file: String
  /// From 1; nil where the file as a whole is meant.
  package var line: Int?
  /// The field as the file spells it, `where.branch` if it is a nested one; nil where no single field is meant.
  package var field: String?
  /// What is wrong, as half a sentence that follows the field.
  package var message: String
  /// What to do about it.
  package var hint: String?
  /// Whether the file or folder couldn't be read at all, which is the machine's fault rather than the author's.
  package var isUnreadable: Bool

  package init(
    _ severity: Severity, file: String, line: Int? = nil, field: String? = nil, message: String, hint: String? = nil,
    isUnreadable: Bool = false
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.field = field
    self.message = message
    self.hint = hint
    self.isUnreadable = isUnreadable
  }

  /// The issue on one line: `patterns/a.yaml:7: match: missing closing parenthesis at byte 12 — hint`.
  package var description: String {
    var parts = [line.map { "\(file):\($0)" } ?? file]
    if severity == .warning { parts.append("warning") }
    if let field { parts.append(field) }
    parts.append(message)
    let text = parts.joined(separator: ": ") + (hint.map { " — \($0)" } ?? "")
    return OneLine.of(text)
  }

  /// The order in which issues are told: by file, then by line, errors first, then as they were found.
  static func inOrder(_ issues: [CatalogIssue]) -> [CatalogIssue] {
    issues.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.file != b.file { return a.file.utf8.lexicographicallyPrecedes(b.file.utf8) }
      if (a.line ?? 0) != (b.line ?? 0) { return (a.line ?? 0) < (b.line ?? 0) }
      if a.severity != b.severity { return a.severity == .error }
      return left.offset < right.offset
    }.map(\.element)
  }
}
