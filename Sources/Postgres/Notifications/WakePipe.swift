import Foundation

/// A pipe that wakes a thread which waits for a socket.
final class WakePipe: Sendable {
  private let reading: Int32
  private let writing: Int32

  /// - Throws: `PostgresError` when this process has too many files open.
  init() throws {
    var ends: [Int32] = [-1, -1]
    // The system writes the two descriptors into the array.
    guard unsafe pipe(&ends) == 0 else {
      throw PostgresError(.misuse, operation: "listen", message: SystemCall.reason())
    }
    (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// Wakes the thread, now and whenever it waits again.
  func wake() {
    _ = unsafe write(writing, [1 as UInt8], 1)
  }

  /// Waits until the socket has something to read, or until it is woken.
  /// - Parameters:
  ///   - socket: the socket; nothing but the pipe when negative.
  ///   - limit: for how long; without end when nil.
  /// - Returns: false when it was woken.
  func wait(for socket: Int32, limit: Duration? = nil) -> Bool {
    let milliseconds = limit.map { Int32($0 / .milliseconds(1)) } ?? -1
    var files = [
      pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
    ]
    // A signal ends the wait early; then there is simply nothing to read.
    _ = unsafe poll(&files, nfds_t(files.count), milliseconds)
    return files[0].revents == 0
  }
}
