/// Something that must be right for Culprit to do its work.
package struct HealthCheck: Sendable {
  /// How it is. The texts are for everybody who can reach the server: no secrets, no addresses, no paths.
  package enum Finding: Sendable, Equatable {
    case well(String)
    case wrong(String)
  }

  /// One word.
  package let name: String
  /// What it throws is told to the log only.
  package let look: @Sendable () async throws -> Finding

  package init(_ name: String, look: @Sendable @escaping () async throws -> Finding) {
    self.name = name
    self.look = look
  }
}
