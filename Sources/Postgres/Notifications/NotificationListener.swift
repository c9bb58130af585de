import Foundation

/// Listens to channels on a connection of its own.
///
/// A sequence of events without end. When the connection is lost, it is made again, with growing pauses; what can't be
/// helped by waiting, such as a wrong password, ends the sequence with an error. It ends as well when the task that
/// iterates over it is cancelled. Each iteration has a connection and a queue of its own.
package struct NotificationListener: AsyncSequence, Sendable {
  package typealias Element = NotificationEvent
  package typealias AsyncIterator = AsyncThrowingStream<NotificationEvent, any Error>.AsyncIterator

  private let configuration: ConnectionConfiguration
  private let channels: [String]

  /// - Parameters:
  ///   - configuration: how to reach the database.
  ///   - channels: the channels' names, exactly as `pg_notify` gets them.
  package init(_ configuration: ConnectionConfiguration, channels: [String]) {
    self.configuration = configuration
    self.channels = channels
  }

  package func makeAsyncIterator() -> AsyncIterator {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: NotificationEvent.self)
    let loop: NotificationLoop
    do {
      loop = NotificationLoop(configuration, channels, try WakePipe(), continuation)
    } catch {
      continuation.finish(throwing: error)
      return stream.makeAsyncIterator()
    }
    continuation.onTermination = { _ in loop.stop() }
    loop.start()
    return stream.makeAsyncIterator()
  }
}
