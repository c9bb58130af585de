import NIOCore
import Synchronization

/// Connections on which nothing is asked or answered: those that have said nothing yet, and those that wait for the next request.
///
/// Where connections become many, who comes takes the place of the one that has been idle the longest. So whoever opens them by the
/// thousand, and says nothing, keeps nobody out.
final class IdleConnections: Sendable {
  /// Of all connections, from so many on the idle ones make room.
  private let most: Int
  private let state = Mutex(State())

  private struct State {
    var count = 0
    /// By when they became idle.
    var idle: [UInt64: any Channel] = [:]
    var next: UInt64 = 0
    /// Nothing that is idle came before.
    var oldest: UInt64 = 0
  }

  init(most: Int) { self.most = most }

  /// A connection was made.
  func enter() {
    let longest = state.withLock { state -> (any Channel)? in
      state.count += 1
      guard state.count > most else { return nil }
      while state.oldest < state.next {
        defer { state.oldest += 1 }
        if let channel = state.idle.removeValue(forKey: state.oldest) { return channel }
      }
      return nil
    }
    longest?.close(mode: .all, promise: nil)
  }

  /// - Returns: what `wake` has to be told.
  func rest(_ channel: any Channel) -> UInt64 {
    state.withLock { state in
      defer { state.next += 1 }
      state.idle[state.next] = channel
      return state.next
    }
  }

  /// Something is asked on a connection, or it is gone.
  func wake(_ number: UInt64) {
    state.withLock { state in _ = state.idle.removeValue(forKey: number) }
  }

  /// A connection is gone.
  func leave() {
    state.withLock { $0.count -= 1 }
  }
}
