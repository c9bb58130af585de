import Foundation

/// Time, as the client knows it; tests have one of their own.
package struct HTTPClock: Sendable {
  package let now: @Sendable () -> Date
  /// Throws `CancellationError` when the task is cancelled.
  package let sleep: @Sendable (_ seconds: Double) async throws -> Void
  /// From 0 to 1.
  package let random: @Sendable () -> Double

  package init(
    now: @Sendable @escaping () -> Date, sleep: @Sendable @escaping (_ seconds: Double) async throws -> Void,
    random: @Sendable @escaping () -> Double
  ) {
    self.now = now
    self.sleep = sleep
    self.random = random
  }

  package static let system = HTTPClock(
    now: { Date() }, sleep: { try await Task.sleep(for: .seconds($0)) }, random: { Double.random(in: 0...1) })
}
