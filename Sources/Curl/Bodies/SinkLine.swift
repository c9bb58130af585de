import Foundation
import Synchronization

/// Hands a body to a sink, decoded, on a queue where both may take their time.
// `@safe`: the sink gets pointers that are valid during its call, and says so (`BodySink`).
@safe final class SinkLine: Sendable {
  /// Bytes that may wait, as they came, before the transfer pauses.
  private static let mostWaiting = 256 << 10

  private struct State {
    var waiting = 0
    var isPaused = false
    var failure: (any Error)?
    var onChange: (@Sendable () -> Void)?
  }

  private let sink: BodySink
  private let queue = DispatchQueue(label: "culprit.curl.sink")
  private let state = Mutex(State())

  init(_ sink: @escaping BodySink) { unsafe self.sink = sink }

  /// Called when a transfer that was told that there is no room may go on, and when it needs to go on no more.
  func onChange(_ body: @Sendable @escaping () -> Void) { state.withLock { $0.onChange = body } }

  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  /// Whether more may come. If not, `onChange` tells as soon as there is room.
  var hasRoom: Bool {
    state.withLock { state in
      state.isPaused = state.waiting >= Self.mostWaiting
      return !state.isPaused
    }
  }

  /// - Parameter reader: of this body, the same each time.
  func take(_ piece: Data, _ reader: BodyReader) {
    state.withLock { $0.waiting += piece.count }
    queue.async { [self] in
      if !hasFailed {
        do {
          try unsafe piece.withUnsafeBytes { try unsafe reader.read($0, sink) }
        } catch {
          fail(error)
        }
      }
      let tell = state.withLock { state -> (@Sendable () -> Void)? in
        state.waiting -= piece.count
        guard state.isPaused, state.waiting < Self.mostWaiting else { return nil }
        state.isPaused = false
        return state.onChange
      }
      tell?()
    }
  }

  private func fail(_ error: any Error) {
    let tell = state.withLock { state in
      state.failure = error
      return state.onChange
    }
    tell?()
  }

  /// Calls back behind the last piece, with what the sink or the reader threw.
  ///
  /// - Parameter reader: that of a body that came whole.
  func finish(_ reader: BodyReader?, _ body: @Sendable @escaping ((any Error)?) -> Void) {
    queue.async { [self] in
      if !hasFailed, let reader {
        do throws(BodyReader.Problem) { try reader.finish() } catch { fail(error) }
      }
      body(state.withLock(\.failure))
    }
  }
}
