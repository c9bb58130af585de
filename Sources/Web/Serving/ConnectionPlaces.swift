import NIOCore
import Synchronization

/// The server's connections, and among them those on which the client is waited for: for a request, for more of a body, or for taking an
/// answer.
///
/// Where connections become many, who comes takes the place of the one on which nothing has moved for the longest. So whoever opens them by
/// the thousand, and says nothing, or a byte now and then, keeps nobody out.
final class ConnectionPlaces: Sendable {
  /// Of all connections, from so many on those that are waited for make room.
  private let most: Int
  private let state = Mutex(State())

  private struct State {
    var count = 0
    /// By when their waits began.
    var waiting: [UInt64: any Channel] = [:]
    var next: UInt64 = 0
    /// No wait that lasts began before.
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
        if let channel = state.waiting.removeValue(forKey: state.oldest) { return channel }
      }
      return nil
    }
    longest?.close(mode: .all, promise: nil)
  }

  /// - Returns: what `endWait` has to be told.
  func beginWait(_ channel: any Channel) -> UInt64 {
    state.withLock { state in
      defer { state.next += 1 }
      state.waiting[state.next] = channel
      return state.next
    }
  }

  /// Something came or was taken on a connection, or it is gone.
  func endWait(_ number: UInt64) {
    state.withLock { state in _ = state.waiting.removeValue(forKey: number) }
  }

  /// A connection is gone.
  func leave() {
    state.withLock { $0.count -= 1 }
  }
}
