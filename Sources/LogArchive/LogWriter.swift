import Synchronization

/// Takes a log in piece by piece, for whoever is handed the pieces. Keeps the head and the tail of a log that is too large.
///
/// May be used from any thread, one piece after the other. Calls block: never make one on Swift's cooperative pool.
// `@unchecked`: `state` is touched by the holder of `lock` only.
package final class LogWriter: @unchecked Sendable {
  /// How much of a log is kept, in bytes.
  package struct Limits: Sendable {
    /// A log of up to this size is kept whole.
    package var whole = 256 << 20
    /// Of a larger one, the last bytes that are kept beside its head; held in memory until the end.
    package var tail = 4 << 20

    package init() {}
  }

  fileprivate struct State: ~Copyable {
    var draft: LogDraft?
    /// The last bytes, as a ring, once there is no more room.
    var tail: [UInt8] = []
    var tailStart = 0
    /// All bytes that came.
    var total = 0
  }

  private let limits: Limits
  private let lock = Mutex(())
  private var state: State

  /// - Throws: `ArchiveError`.
  package init(_ archive: LogArchive, limits: Limits = Limits()) throws {
    self.limits = limits
    state = State(draft: try LogDraft(in: archive))
  }

  /// - Throws: `ArchiveError`; the log is incomplete then and can't be finished.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try lock.withLock { _ in
      guard state.draft != nil else { throw ArchiveError.system(operation: "writing to a log that is finished", code: 9) }
      let room = max(0, limits.whole - limits.tail - (state.draft?.size ?? 0))
      let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
      if !head.isEmpty { try state.draft?.write(head) }
      state.keep(bytes.dropFirst(head.count), most: limits.tail)
      state.total += bytes.count
    }
  }

  /// Puts the log into the archive.
  ///
  /// - Returns: what was stored, and whether something was left out of it: a line says how much, between head and tail.
  /// - Throws: `ArchiveError`.
  package func finish() throws -> (log: StoredLog, isCut: Bool) {
    try lock.withLock { _ in
      guard var draft = state.draft.take() else {
        throw ArchiveError.system(operation: "finishing a log that is finished", code: 9)
      }
      let missing = state.total - draft.size - state.tail.count
      if missing > 0 { try draft.write(text: "\n[\(missing) bytes of this log are not kept]\n") }
      try draft.write(Array(state.tail[state.tailStart...] + state.tail[..<state.tailStart]))
      return (try draft.publish(), missing > 0)
    }
  }
}

extension LogWriter.State {
  fileprivate mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>, most: Int) {
    var rest = bytes.suffix(most)
    if tail.count < most {
      let part = rest.prefix(most - tail.count)
      tail.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
    }
    for byte in rest {
      tail[tailStart] = byte
      tailStart = tailStart + 1 == tail.count ? 0 : tailStart + 1
    }
  }
}

extension LogDraft {
  fileprivate mutating func write(text: String) throws { try write(Array(text.utf8)) }

  fileprivate mutating func write(_ bytes: [UInt8]) throws {
    if bytes.isEmpty { return }
    // A closure can't take a value that can't be copied along: the pointer is used right here.
    try bytes.withUnsafeBytes { try write($0) }
  }
}
