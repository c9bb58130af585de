import CPostgres
import Dispatch
import Synchronization

/// The thread behind a `NotificationListener`: connects, waits for notifications, and connects again.
final class NotificationLoop: Sendable {
  typealias Continuation = AsyncThrowingStream<NotificationEvent, any Error>.Continuation

  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(10)

  private let configuration: ConnectionConfiguration
  private let channels: [String]
  private let pipe: WakePipe
  private let continuation: Continuation
  private let isStopped = Atomic(false)

  init(
    _ configuration: ConnectionConfiguration, _ channels: [String], _ pipe: WakePipe, _ continuation: Continuation
  ) {
    self.configuration = configuration
    self.channels = channels
    self.pipe = pipe
    self.continuation = continuation
  }

  func start() {
    DispatchQueue(label: "culprit.postgres.listen").async { self.run() }
  }

  /// Ends the loop soon; doesn't wait for that.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    pipe.wake()
  }

  private var goesOn: Bool { !isStopped.load(ordering: .acquiring) }

  private func run() {
    var pause = Self.firstPause
    while goesOn {
      do {
        try listen { pause = Self.firstPause }
      } catch let error as PostgresError where error.isRetryable {
        guard goesOn, pipe.wait(for: -1, limit: pause) else { break }
        pause = min(pause * 2, Self.longestPause)
      } catch {
        continuation.finish(throwing: error)
        return
      }
    }
    continuation.finish()
  }

  /// Listens until the connection is lost or the loop is stopped.
  private func listen(onSuccess: () -> Void) throws {
    let session = try Session(configuration)
    for channel in channels {
      try session.execute("LISTEN \(identifier: channel)")
    }
    onSuccess()
    continuation.yield(.listening)
    while true {
      // libpq keeps what came together with the answer to LISTEN, so look before waiting.
      while let notification = session.nextNotification() {
        continuation.yield(.notification(notification))
      }
      guard goesOn, pipe.wait(for: session.socket) else { return }
      try session.receive()
    }
  }
}
