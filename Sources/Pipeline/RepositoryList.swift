import Analysis

/// Repositories by name, with `*` for any text: `acme/*, octo/engine`.
package struct RepositoryList: Sendable, Equatable {
  package let names: [String]

  /// - Parameter text: names with commas or spaces between them.
  package init(_ text: String) {
    names = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
  }

  package func contains(_ repository: String) -> Bool { names.contains { Glob.matches($0, repository) } }
}
