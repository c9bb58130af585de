import Foundation

/// A lock on a file, which the kernel lifts when this process ends, however it ends.
///
/// Each has a file description of its own, so that two in one process exclude each other like two in different ones
/// (`flock(2)`).
struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32
  private let path: String

  /// Opens the file, and makes it if need be. Locks nothing yet.
  init(_ path: String) throws {
    self.path = path
    descriptor = SystemCall.open(path, O_RDWR | O_CREAT)
    guard descriptor >= 0 else {
      throw ClusterError.folder(
        path: path, reason: SystemCall.reason(),
        hint: "run culprit as the user that the folder belongs to, or set CULPRIT_DATA to another one")
    }
  }

  deinit {
    // Closing alone doesn't lift the lock while a child that another thread just forked has the file open still.
    unlock()
    close(descriptor)
  }

  /// Waits for the lock, and holds it during the closure.
  /// - Throws: `ClusterError.busy` when another process doesn't let go of it in time.
  func hold<Value>(within limit: Duration, _ body: () throws -> Value) throws -> Value {
    let deadline = ContinuousClock.now + limit
    while !tryLock() {
      guard ContinuousClock.now < deadline else { throw ClusterError.busy(path: path) }
      Thread.sleep(forTimeInterval: 0.01)
    }
    defer { unlock() }
    return try body()
  }

  /// Lets go of the lock.
  func unlock() { flock(descriptor, LOCK_UN) }

  /// Whether the path still leads to this file, and not to another one or to none.
  var isInPlace: Bool {
    var (ours, theirs) = (stat(), stat())
    return unsafe fstat(descriptor, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_ino == theirs.st_ino
      && ours.st_dev == theirs.st_dev
  }

  /// Takes the lock if nobody else has any.
  func tryLock() -> Bool { tryLock(LOCK_EX) }

  /// Takes the lock together with others who take it so, if nobody has it alone.
  func tryShare() -> Bool { tryLock(LOCK_SH) }

  private func tryLock(_ mode: Int32) -> Bool { flock(descriptor, mode | LOCK_NB) == 0 }
}
