/// What a session remembers between calls.
final class SessionState {
  var statements = StatementCache(capacity: 256)

  /// How the current run is cancelled.
  var interruption: Interruption?

  /// False once a request to cancel may hit a later statement, or once the protocol is out of step.
  var isReusable = true
}
