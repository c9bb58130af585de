import Dispatch
import Foundation
import Synchronization

/// Runs work that Ctrl-C, SIGTERM and a closed terminal end cleanly: the task is cancelled, and what it cleans up is waited for.
///
/// Asked again a second later, the process ends at once: something may never come to an end, such as opening a pipe that nobody
/// writes to.
enum Interruptible {
  @TaskLocal private static var isActive = false

  static func run<Value: Sendable>(
    on signals: [Int32] = [SIGINT, SIGTERM, SIGHUP], _ body: @Sendable @escaping () async throws -> Value
  ) async throws -> Value {
    // Within work that is interruptible already, there is nothing to set up, nor to take down before the outer one is done.
    if isActive { return try await body() }
    let task = Task { try await $isActive.withValue(true) { try await body() } }
    let asked = Asked()
    var stops: [(number: Int32, before: sighandler_t?, source: any DispatchSourceSignal)] = []
    for number in signals {
      let before = signal(number, SIG_IGN)
      // `nohup` wants the work to outlive the terminal.
      if number == SIGHUP, isIgnored(before) { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if asked.isImpatient { _exit(128 + number) }
        task.cancel()
      }
      source.resume()
      stops.append((number, before, source))
    }
    defer {
      for stop in stops {
        stop.source.cancel()
        signal(stop.number, stop.before)
      }
    }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// When it was first asked to stop. One press of a key may come as two signals, so a second one counts only later.
  private final class Asked: Sendable {
    private let first = Mutex<ContinuousClock.Instant?>(nil)

    var isImpatient: Bool {
      first.withLock { first in
        guard let before = first else {
          first = .now
          return false
        }
        return before.duration(to: .now) > .seconds(1)
      }
    }
  }

  private static func isIgnored(_ handler: sighandler_t?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
