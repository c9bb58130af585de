/// How we prove to GitHub who asks.
package enum GitHubCredential: Sendable {
  /// Nobody asks: public repositories, sixty requests an hour.
  case none
  /// A personal access token, classic or fine-grained, or the token of a workflow.
  case token(String)
  /// A GitHub App, which gets tokens for the repositories that it is installed on.
  case app(GitHubAppKey)
}

/// Nothing of a token is ever printed.
extension GitHubCredential: CustomStringConvertible, CustomReflectable {
  package var description: String {
    switch self {
    case .none: "no token"
    case .token: "a token"
    case .app(let key): "GitHub App \(key.app)"
    }
  }
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
