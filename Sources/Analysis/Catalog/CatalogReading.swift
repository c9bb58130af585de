import Model

/// What reading a number of pattern files gave: patterns where they are right, issues where they are not.
package struct CatalogReading: Sendable {
  /// Sorted by id.
  package let files: [PatternFile]
  /// All errors, and warnings of files that couldn't be reached, in the order in which they are told.
  package let issues: [CatalogIssue]

  /// The patterns of the files without errors, sorted by id.
  package var patterns: [Pattern] { files.compactMap(\.pattern) }
  package var hasErrors: Bool { issues.contains { $0.severity == .error } }

  init(_ folder: PatternFolder, runsExamples: Bool) {
    self.init(files: folder.entries.mapConcurrently { Self.file($0, runsExamples: runsExamples) }, issues: folder.issues)
  }

  /// Files that have been read by other means.
  package init(files: [PatternFile]) { self.init(files: files, issues: []) }

  private init(files: [PatternFile], issues: [CatalogIssue]) {
    var issues = issues
    var files = files
    files.sort { $0.id == $1.id ? $0.path < $1.path : $0.id < $1.id }
    issues += files.flatMap(\.issues)
    issues += Self.sharedIDs(files) + Self.sharedTitles(files)
    self.files = files
    self.issues = CatalogIssue.inOrder(issues)
  }

  private static func file(_ entry: PatternFolder.Entry, runsExamples: Bool) -> PatternFile {
    guard let path = PatternPath.withoutEnding(entry.relative) else {
      let issue = CatalogIssue(
        .error, file: entry.shown, message: "is no pattern file by its name", hint: "pattern files end in .yaml")
      return PatternFile(path: entry.shown, id: PatternID(entry.relative), issue: issue)
    }
    let id = PatternID(path)
    guard let bytes = PatternFolder.read(entry.path) else {
      let issue = CatalogIssue(.error, file: entry.shown, message: "can't be read", isUnreadable: true)
      return PatternFile(path: entry.shown, id: id, issue: issue)
    }
    let nameIssues = PatternPath.faults(in: path).map { fault in
      CatalogIssue(
        .error, file: entry.shown, message: "\(OneLine.quoted(fault.part)) can't be part of a pattern's id",
        hint: fault.suggestion.map { "call it `\($0)`" } ?? "use a-z, 0-9 and single hyphens")
    }
    return PatternFile(path: entry.shown, id: id, bytes: bytes, runsExamples: runsExamples, nameIssues: nameIssues)
  }

  /// `a.yaml` beside `a.yml`.
  private static func sharedIDs(_ files: [PatternFile]) -> [CatalogIssue] {
    zip(files, files.dropFirst()).filter { $0.id == $1.id }.map { first, second in
      CatalogIssue(.error, file: second.path, message: "has the same id as \(first.path)", hint: "keep one of the two files")
    }
  }

  private static func sharedTitles(_ files: [PatternFile]) -> [CatalogIssue] {
    var owners: [String: PatternFile] = [:]
    var issues: [CatalogIssue] = []
    for file in files {
      guard let title = file.pattern?.title.lowercased() else { continue }
      if let owner = owners[title] {
        issues.append(
          CatalogIssue(
            .error, file: file.path, line: file.line(of: "title"), field: "title", message: "is also the title of \(owner.path)",
            hint: "say what sets the two apart"))
      } else {
        owners[title] = file
      }
    }
    return issues
  }
}
