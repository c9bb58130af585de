/// Who sends us logs.
package struct Sender: Sendable, Equatable {
  /// For the audit trail: a login, or a token with its number, which no other ever has.
  package let name: String
  /// Whether it may change builds that it didn't send itself, and send builds of CI systems that tell of theirs on their own. Else whoever
  /// holds the token could call a failure passed.
  package let mayChangeAll: Bool

  package init(name: String, mayChangeAll: Bool) {
    self.name = name
    self.mayChangeAll = mayChangeAll
  }
}
