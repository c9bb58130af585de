import Foundation
import Synchronization

/// Hands pieces of a body to a sink, one after the other, on a queue where it may block.
// `@safe`: the sink gets pointers that are valid during its call, and says so (`BodySink`).
@safe final class SinkLine: Sendable {
  /// Bytes that may wait for the sink before the transfer pauses.
  private static let mostWaiting = 256 << 10

  private struct State {
    var waiting = 0
    var isPaused = false
    var failure: (any Error)?
    var onRoom: (@Sendable () -> Void)?
    var onFailure: (@Sendable () -> Void)?
  }

  private let sink: BodySink
  private let queue = DispatchQueue(label: "culprit.curl.sink")
  private let state = Mutex(State())

  init(_ sink: @escaping BodySink) { unsafe self.sink = sink }

  /// Called when a transfer that was told that there is no room may go on.
  var onRoom: (@Sendable () -> Void)? {
    get { state.withLock(\.onRoom) }
    set { state.withLock { $0.onRoom = newValue } }
  }

  /// Called when the sink threw, so that a transfer that pauses learns of it.
  var onFailure: (@Sendable () -> Void)? {
    get { state.withLock(\.onFailure) }
    set { state.withLock { $0.onFailure = newValue } }
  }

  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  /// Whether more may come. If not, `onRoom` is called as soon as there is.
  var hasRoom: Bool {
    state.withLock { state in
      state.isPaused = state.waiting >= Self.mostWaiting
      return !state.isPaused
    }
  }

  func take(_ piece: Data) {
    state.withLock { $0.waiting += piece.count }
    queue.async { [self] in
      if !hasFailed {
        do {
          try unsafe piece.withUnsafeBytes { try unsafe sink($0) }
        } catch {
          let tell = state.withLock { state in
            state.failure = error
            return state.onFailure
          }
          tell?()
        }
      }
      let tell = state.withLock { state -> (@Sendable () -> Void)? in
        state.waiting -= piece.count
        guard state.isPaused, state.waiting < Self.mostWaiting else { return nil }
        state.isPaused = false
        return state.onRoom
      }
      tell?()
    }
  }

  /// Calls back behind the last piece, with what the sink threw.
  func finish(_ body: @Sendable @escaping ((any Error)?) -> Void) {
    queue.async { [self] in body(state.withLock(\.failure)) }
  }
}
