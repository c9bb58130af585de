import Curl

/// One request to a CI system, before anything is known of who asks.
struct ProviderCall: Sendable {
  /// Where to.
  enum Target: Sendable {
    /// Parts of a path below the system's address, and its query.
    case path([String], query: [(String, String)])
    /// An address that the system gave. The token goes along only if it is the system's own.
    case address(String)
  }

  /// What it does, for errors. Holds no secret.
  let operation: String
  let method: HTTPMethod
  let target: Target
  /// The media type that is asked for.
  var accept = "application/json"
  /// JSON.
  var body: [UInt8]?
  /// Whether it must not be sent again once it may have been done, whatever its method promises.
  var isOnce = false

  init(_ operation: String, _ method: HTTPMethod = .get, _ path: [String], query: [(String, String)] = []) {
    self.operation = operation
    self.method = method
    target = .path(path, query: query)
  }

  init(_ operation: String, address: String) {
    self.operation = operation
    method = .get
    target = .address(address)
  }
}
