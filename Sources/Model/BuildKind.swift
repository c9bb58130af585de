/// What became of one failed build, in the order in which a status tells them.
package enum BuildKind: String, Sendable, CaseIterable, Codable {
  case new, unknown, unread
  case flaky, infrastructure, known, upstream

  /// Whether the build counts as not being the change's own.
  package var isExcused: Bool {
    switch self {
    case .new, .unknown, .unread: false
    case .flaky, .infrastructure, .known, .upstream: true
    }
  }
}
