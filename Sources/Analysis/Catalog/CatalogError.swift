/// Why a folder of patterns can't be used: every error in every file, never only the first.
package struct CatalogError: Error, Sendable, CustomStringConvertible {
  /// In the order in which they are told; errors only.
  package let issues: [CatalogIssue]

  package init(issues: [CatalogIssue]) { self.issues = issues }

  /// One line per issue.
  package var description: String { issues.map(\.description).joined(separator: "\n") }
}
