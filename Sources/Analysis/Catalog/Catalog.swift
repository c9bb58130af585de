import Model

/// A folder of pattern files that are all right.
package struct Catalog: Sendable {
  /// Sorted by id.
  package let patterns: [Pattern]

  /// Loads every `.yaml` and `.yml` file below a folder. Names that begin with a dot and other files are passed over; so are links
  /// that lead out of the folder, which is an error.
  /// - Parameter runsExamples: whether each example is held against its pattern, as before a sync. To scan a log at once it can be
  ///   left to `culprit patterns check`.
  /// - Throws: `CatalogError` with all errors of all files.
  package static func load(_ folder: String, runsExamples: Bool = true) throws(CatalogError) -> Catalog {
    let reading = CatalogReading(PatternFolder(folder: folder), runsExamples: runsExamples)
    let errors = reading.issues.filter { $0.severity == .error }
    guard errors.isEmpty else { throw CatalogError(issues: errors) }
    return Catalog(patterns: reading.patterns)
  }

  /// Reads files and folders to be checked. A pattern's id is its path below the nearest folder called `patterns` that it lies
  /// in, else below the folder that was asked for.
  package static func read(paths: [String], runsExamples: Bool = true) -> CatalogReading {
    CatalogReading(PatternFolder(paths: paths), runsExamples: runsExamples)
  }
}
