/// What a token of the API may do. Each is for itself: a token that enters logs need not be able to read them.
package enum AccessScope: String, Sendable, CaseIterable, Codable {
  /// Look at everything.
  case read
  /// Enter logs by `POST /api/v1/logs`.
  case logs
  /// All that a curator may, looking included.
  case curate
  /// All that an operator may, entering logs included.
  case operate

  /// The role that it gives; nil for one that gives no look at anything.
  package var role: Role? {
    switch self {
    case .read: .reader
    case .logs: nil
    case .curate: .curator
    case .operate: .operator
    }
  }
}
