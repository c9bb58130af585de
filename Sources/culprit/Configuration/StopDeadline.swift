import Foundation

/// Ends the process when stopping takes too long, so that a service manager needn't kill it. What isn't given back by then goes to another
/// worker when the connections end.
enum StopDeadline {
  static let seconds: Double = 10

  static func run<Value: Sendable>(_ body: @Sendable () async throws -> Value) async rethrows -> Value {
    try await withTaskCancellationHandler {
      try await body()
    } onCancel: {
      // Not on Swift's threads, which may be what hangs.
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
        Output.error("culprit: stopped after \(Int(seconds)) s, with work unfinished; another worker will take it up")
        _exit(1)
      }
    }
  }
}
