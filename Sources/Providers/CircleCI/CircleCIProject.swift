/// A project as CircleCI names it: `gh/owner/name`, `bb/owner/name`, or `circleci/ORGANIZATION/PROJECT` with ids where the code is
/// reached by an app.
struct CircleCIProject: Sendable, Hashable {
  /// `gh`, `bb` or `circleci`.
  let system: String
  let owner: String
  let name: String

  /// Reads a slug in its short or long spelling; `owner/name` alone is on GitHub.
  init?(_ slug: String) {
    var parts = slug.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 { parts.insert("gh", at: 0) }
    guard parts.count == 3, slug.utf8.count <= 512 else { return nil }
    switch parts[0] {
    case "gh", "github": system = "gh"
    case "bb", "bitbucket": system = "bb"
    case "circleci": system = "circleci"
    default: return nil
    }
    guard RepositoryPath.checked("\(parts[1])/\(parts[2])") != nil else { return nil }
    owner = parts[1]
    name = parts[2]
  }

  var path: [String] { [system, owner, name] }
  var slug: String { path.joined(separator: "/") }

  /// `owner/name`; nil where the slug holds ids instead.
  var repository: String? { system == "circleci" ? nil : "\(owner)/\(name)" }

  /// How the pages of CircleCI spell it.
  var pagePath: String {
    switch system {
    case "gh": "github/\(owner)/\(name)"
    case "bb": "bitbucket/\(owner)/\(name)"
    default: slug
    }
  }
}
