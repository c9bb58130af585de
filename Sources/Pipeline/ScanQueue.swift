import Analysis
import Foundation
import LogSource
import Synchronization

/// What the threads of a `ScanStage` hand to each other: files to be read, batches to be sifted, and all parts of all files in order.
///
/// Memory is bounded by the number of parts under way, which readers wait for. A part of it is kept for the file whose turn it is, so that
/// files that are read ahead can't hold it up.
final class ScanQueue: @unchecked Sendable {
  // `@unchecked Sendable`: everything that changes is guarded by `condition`, or by a lock of its own.

  /// What a file consists of, in order.
  enum Part {
    case begin(name: String)
    case batch(LineBatch)
    /// - Parameter problem: why the log could not be read to its end.
    case end(problem: LogSourceError?)
    /// Something else that could not be read.
    case failure(LogSourceError)
  }

  /// Nobody takes the parts any more.
  struct Stopped: Error {}

  private struct File {
    var parts: [Part] = []
    var isRead = false
  }

  private let condition = NSCondition()
  private let lanes: Int
  /// The files whose parts were not all taken, in order; the number of the first is `front`.
  private var files: [File] = []
  private var front = 0
  private var opened: [(file: LogFile, number: Int)] = []
  private var isComplete = false
  private var isStopped = false
  private var partsUnderWay = 0
  private var unsifted: [LineBatch] = []
  private var beingSifted: Set<ObjectIdentifier> = []
  /// Nobody waits for these.
  private let spares = Mutex<[LineBatch]>([])

  /// - Parameter lanes: threads that do the work.
  init(lanes: Int) { self.lanes = lanes }

  // MARK: - Files

  /// Adds the next file; waits until the readers can follow.
  func add(_ file: LogFile) throws {
    try locked {
      while opened.count >= lanes, !isStopped { condition.wait() }
      if isStopped { throw Stopped() }
      opened.append((file, front + files.count))
      files.append(File())
    }
  }

  /// Adds what could not be opened.
  func add(_ failure: LogSourceError) {
    locked {
      files.append(File(parts: [.failure(failure)], isRead: true))
      partsUnderWay += 1
    }
  }

  /// No more files come.
  func complete() { locked { isComplete = true } }

  /// The next file to be read; nil if there are none left.
  func nextFile() -> (file: LogFile, number: Int)? {
    locked {
      while opened.isEmpty, !isComplete, !isStopped { condition.wait() }
      return opened.isEmpty || isStopped ? nil : opened.removeFirst()
    }
  }

  // MARK: - Parts

  /// Adds the next part of a file; waits while too much is under way.
  func put(_ part: Part, of file: Int) throws {
    try locked {
      while !isStopped, partsUnderWay >= lanes * (file == front ? 8 : 6) { condition.wait() }
      if isStopped { throw Stopped() }
      partsUnderWay += 1
      files[file - front].parts.append(part)
      if case .batch(let batch) = part, batch.isWhole { unsifted.append(batch) }
    }
  }

  /// The file has no more parts.
  func close(_ file: Int) { locked { files[file - front].isRead = true } }

  /// The next part of all; nil behind the last one. Whoever asks sifts the batch himself if nobody has begun to.
  func nextPart() -> Part? {
    let part: Part? = locked {
      while true {
        if let file = files.first {
          if !file.parts.isEmpty {
            partsUnderWay -= 1
            let part = files[0].parts.removeFirst()
            if case .batch(let batch) = part {
              unsifted.removeAll { $0 === batch }
              while beingSifted.contains(ObjectIdentifier(batch)) { condition.wait() }
            }
            return part
          }
          if file.isRead {
            files.removeFirst()
            front += 1
            condition.broadcast()
            continue
          }
        } else if isComplete {
          return nil
        }
        condition.wait()
      }
    }
    return part
  }

  /// The next batch to be sifted; nil once nobody needs any.
  func nextBatch() -> LineBatch? {
    locked {
      while unsifted.isEmpty, !isStopped { condition.wait() }
      guard !isStopped else { return nil }
      let batch = unsifted.removeFirst()
      beingSifted.insert(ObjectIdentifier(batch))
      return batch
    }
  }

  func didSift(_ batch: LineBatch) { locked { _ = beingSifted.remove(ObjectIdentifier(batch)) } }

  // MARK: - Batches to be used again

  /// Takes back a batch that is scanned.
  func recycle(_ batch: LineBatch) { spares.withLock { $0.append(batch) } }

  func spareBatch() -> LineBatch? { spares.withLock { $0.popLast() } }

  /// Lets all threads go.
  func stop() { locked { isStopped = true } }

  private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return try body()
  }
}
