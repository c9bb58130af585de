/// How much of a log its system has.
package enum LogExtent: Sendable, Equatable {
  case whole
  /// The system stopped writing it, or threw something of it away: what is missing may be what matters.
  case cut
}
