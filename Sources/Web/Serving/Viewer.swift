import Model

/// Who a request comes from.
struct Viewer: Sendable, Equatable {
  /// For the audit trail and the page's corner: a login, or a token's name.
  let name: String
  let role: Role
  let way: Way

  /// How it is known who it is.
  enum Way: Sendable, Equatable {
    /// Nobody has to log in, as only this machine can connect.
    case loopback
    /// A session that began with a login.
    case session
    /// A token of the API, which no browser sends by itself.
    case token
    /// A proxy that is trusted to say so.
    case proxy
  }
}
