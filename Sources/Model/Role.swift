/// What someone may do. Each role may do what those before it may.
package enum Role: String, Sendable, CaseIterable, Comparable, Codable {
  /// Look at everything.
  case reader
  /// Say what failures are: known problems, overruled and wrong verdicts, trials of patterns.
  case curator
  /// Run builds again, enter logs, see and change who may do what.
  case `operator`

  package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .reader: 0
    case .curator: 1
    case .operator: 2
    }
  }
}
