/// How long a request may take.
package struct HTTPTimeouts: Sendable {
  /// Until a connection stands: name, TCP, TLS.
  package var connect: Duration = .seconds(10)
  /// For how long fewer than `stallBytesPerSecond` may come and go; whole seconds.
  package var stall: Duration = .seconds(30)
  /// Below which speed a transfer stalls, in bytes per second.
  package var stallBytesPerSecond = 16
  /// For all of one transfer, from when it has got a place; where a redirect leads is one of its own.
  package var total: Duration = .seconds(300)

  package init() {}
}
