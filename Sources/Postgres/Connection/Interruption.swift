import Dispatch
import Synchronization

/// The cancellation of one `run` on a connection.
///
/// A request to cancel travels over a connection of its own, so it can reach the server before the statement that it
/// is meant for, and is then forgotten. Hence it is sent again until the run has ended.
final class Interruption: Sendable {
  private enum Phase {
    case waiting
    case running
    case cancelled
    case ended
  }

  private static let queue = DispatchQueue(label: "culprit.postgres.cancel", attributes: .concurrent)
  private static let interval = DispatchTimeInterval.milliseconds(100)

  private let phase = Mutex(Phase.waiting)
  private let handle: CancelHandle

  init(_ handle: CancelHandle) {
    self.handle = handle
  }

  /// The run begins to use the connection.
  /// - Throws: `CancellationError` when it was cancelled while it waited.
  func begin() throws {
    let begins = phase.withLock { phase in
      guard case .waiting = phase else { return false }
      phase = .running
      return true
    }
    if !begins { throw CancellationError() }
  }

  /// Whether the run was cancelled.
  var isCancelled: Bool {
    phase.withLock { if case .cancelled = $0 { true } else { false } }
  }

  /// The run has ended: no further request is sent.
  /// - Returns: whether it was cancelled, so that a request can still be on its way.
  func end() -> Bool {
    phase.withLock { phase in
      defer { phase = .ended }
      return if case .cancelled = phase { true } else { false }
    }
  }

  /// Cancels the run. Doesn't block.
  func interrupt() {
    let isRunning = phase.withLock { phase in
      defer { if case .ended = phase {} else { phase = .cancelled } }
      return if case .running = phase { true } else { false }
    }
    if isRunning { send() }
  }

  private func send() {
    Self.queue.async {
      guard self.isCancelled else { return }
      self.handle.send()
      Self.queue.asyncAfter(deadline: .now() + Self.interval) { self.send() }
    }
  }
}
