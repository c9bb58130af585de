import Curl

/// One request to GitHub's REST API, before anything is known of who asks.
struct GitHubCall: Sendable {
  /// What it does, for errors.
  let operation: String
  let method: HTTPMethod
  /// Parts of the path below the API's address.
  let path: [String]
  /// Which repository it concerns, `owner/name`; an app has a token of its own for each owner's. Nil where it concerns none.
  let repository: String?
  var query: [(String, String)] = []
  /// JSON.
  var body: [UInt8]?

  /// A request to read something of a repository.
  ///
  /// - Parameter path: below the repository.
  /// - Throws: `.malformed` if the repository isn't `owner/name`.
  init(_ operation: String, _ path: [String] = [], in repository: String) throws(ProviderError) {
    try self.init(operation, .get, path, in: repository)
  }

  init(_ operation: String, _ method: HTTPMethod, _ path: [String], in repository: String) throws(ProviderError) {
    guard let name = GitHubRepositoryName(repository) else {
      throw ProviderError(.malformed, operation: operation, detail: "the repository must be given as owner/name")
    }
    self.init(operation, method, path: ["repos"] + name.text.split(separator: "/").map(String.init) + path, repository: repository)
  }

  /// A request that concerns no repository, or that an app asks as itself.
  init(_ operation: String, _ method: HTTPMethod = .get, path: [String], repository: String? = nil) {
    self.operation = operation
    self.method = method
    self.path = path
    self.repository = repository
  }
}
