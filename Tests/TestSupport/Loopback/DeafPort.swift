import Foundation

/// A port of this machine that nobody listens at: connections to it are refused.
///
/// It is taken, so that no server of another test can get it meanwhile, which happens to the port of a server that was stopped.
package final class DeafPort: Sendable {
  private let socket: BoundSocket

  package init() throws { socket = try BoundSocket() }

  deinit { close(socket.descriptor) }

  package var url: String { "http://127.0.0.1:\(socket.port)" }
}
