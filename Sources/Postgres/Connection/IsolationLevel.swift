/// What a transaction sees of the others that run beside it ("Transaction Isolation").
package enum IsolationLevel: String, Sendable {
  /// Each statement sees what was committed before it.
  case readCommitted = "READ COMMITTED"
  /// All statements see what was committed before the first. Can fail with a retryable error.
  case repeatableRead = "REPEATABLE READ"
  /// As if the transactions ran one after the other. Can fail with a retryable error.
  case serializable = "SERIALIZABLE"
}
