/// Collects the warnings about one file.
struct WarningLog {
  let file: PatternFile
  private(set) var warnings: [CatalogIssue] = []

  init(file: PatternFile) { self.file = file }

  mutating func warn(_ field: String, _ message: String, _ hint: String) {
    warnings.append(
      CatalogIssue(.warning, file: file.path, line: file.line(of: field), field: field, message: message, hint: hint))
  }
}
