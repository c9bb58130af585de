import Model

/// One pattern file: the pattern, or everything that is wrong with it.
package struct PatternFile: Sendable {
  /// The file as the person named it.
  package let path: String
  package let id: PatternID
  /// Nil if there is any error.
  package let pattern: Pattern?
  /// In order of their lines.
  package let issues: [CatalogIssue]
  /// The line of each field, to point at in warnings.
  private let lines: [String: Int]

  /// Reads a pattern from a file's content.
  /// - Parameters:
  ///   - path: what issues name as the file.
  ///   - runsExamples: whether each example is held against the pattern; otherwise they are only read.
  package init(path: String, id: PatternID, bytes: [UInt8], runsExamples: Bool = true) {
    self.init(path: path, id: id, bytes: bytes, runsExamples: runsExamples, nameIssues: [])
  }

  /// - Parameter nameIssues: what is wrong with the file's name; it is told together with the rest.
  init(path: String, id: PatternID, bytes: [UInt8], runsExamples: Bool, nameIssues: [CatalogIssue]) {
    self.path = path
    self.id = id
    do throws(PatternDocument.Refusal) {
      let root = try PatternDocument.read(bytes, file: path)
      var reader = PatternReader(file: path, id: id)
      let read = reader.read(root, runsExamples: runsExamples)
      pattern = nameIssues.isEmpty ? read : nil
      issues = CatalogIssue.inOrder(nameIssues + reader.issues)
      lines = reader.lines
    } catch {
      pattern = nil
      issues = CatalogIssue.inOrder(nameIssues + error.issues)
      lines = [:]
    }
  }

  /// A file that could not be read as one.
  init(path: String, id: PatternID, issue: CatalogIssue) {
    self.path = path
    self.id = id
    pattern = nil
    issues = [issue]
    lines = [:]
  }

  /// The line of a field by its name (`where.branch`, `sequence[2]`), or of what contains it.
  func line(of field: String) -> Int? {
    lines[field] ?? lines[String(field.prefix { $0 != "." && $0 != "[" })]
  }
}
