import Analysis
import Foundation
import LogSource
import Model

/// Scans the logs that a person names, on all lanes at once, and tells what is found as if one were scanned after the other.
///
/// Files are read and decompressed ahead, each by one thread; what is read is cut into batches of lines, which any thread sifts; and
/// the caller's thread takes the batches in order and searches what is left of them. So it makes no difference whether there is one
/// huge log or many small ones, nor how many lanes there are.
package struct ScanStage: Sendable {
  private let program: ScanProgram
  private let names: LogNames
  private let limits: ScanLimits
  private let lanes: Int

  /// - Parameters:
  ///   - names: what the logs' build is called.
  ///   - lanes: threads that do the work, the caller's among them.
  package init(program: ScanProgram, names: LogNames, limits: ScanLimits, lanes: Int) {
    self.program = program
    self.names = names
    self.limits = limits
    self.lanes = max(1, lanes)
  }

  package enum Event {
    /// A log begins.
    case begin(name: String)
    case finding(Finding)
    /// So many bytes of the log more were scanned.
    case progress(bytes: Int)
    /// - Parameter problem: why the log could not be read to its end; it is told as a failure, too.
    case end(ScanSummary, problem: LogSourceError?)
    /// A log or a source can't be read.
    case failure(LogSourceError)
  }

  /// Blocks the calling thread.
  /// - Parameters:
  ///   - sources: as `LogSource` takes them.
  ///   - tell: called on the calling thread.
  /// - Throws: what `tell` throws, which ends the whole. A thread that waits for a pipe meanwhile is left behind.
  package func run(_ sources: [String], tell: (Event) throws -> Void) throws {
    let queue = ScanQueue(lanes: lanes)
    defer { queue.stop() }
    start {
      try? LogSource().forEachFile(in: sources) {
        try queue.add($0)
      } failure: {
        queue.add($0)
      }
      queue.complete()
    }
    for _ in 0..<lanes {
      start { while let (file, number) = queue.nextFile() { read(file, number, queue) } }
    }
    for _ in 1..<lanes {
      start {
        while let batch = queue.nextBatch() {
          batch.sift()
          queue.didSift(batch)
        }
      }
    }
    while let part = queue.nextPart() {
      switch part {
      case .begin(let name):
        try tell(.begin(name: name))
        try scanLog(queue, tell)
      case .failure(let error): try tell(.failure(error))
      case .batch, .end: preconditionFailure("a part of no log")
      }
    }
  }

  private func start(_ body: @Sendable @escaping () -> Void) { Thread(block: body).start() }

  private func read(_ file: LogFile, _ number: Int, _ queue: ScanQueue) {
    defer { queue.close(number) }
    // All that can be thrown here is that nobody wants to know any more.
    try? file.forEachLog { reader in
      try queue.put(.begin(name: reader.displayName), of: number)
      var cutter = LineCutter()
      var problem: LogSourceError?
      while true {
        let batch = queue.spareBatch() ?? LineBatch(program: program, limits: limits)
        do {
          // After an error what came before it is delivered.
          guard try cutter.fill(batch, read: { problem == nil ? try reader.read(into: $0) : 0 }) else { break }
          try queue.put(.batch(batch), of: number)
        } catch let error as LogSourceError {
          problem = error
        }
      }
      try queue.put(.end(problem: problem), of: number)
      if let problem { throw problem }
    } failure: {
      try? queue.put(.failure($0), of: number)
    }
  }

  private func scanLog(_ queue: ScanQueue, _ tell: (Event) throws -> Void) throws {
    var scanner = LogScanner(program: program, names: names, limits: limits)
    while let part = queue.nextPart() {
      switch part {
      case .batch(let batch):
        try scanner.scan(batch) { try tell(.finding($0)) }
        try tell(.progress(bytes: batch.bytes.count))
        queue.recycle(batch)
      case .end(let problem):
        let summary = try scanner.finish { try tell(.finding($0)) }
        try tell(.end(summary, problem: problem))
        return
      case .begin, .failure: preconditionFailure("a log within a log")
      }
    }
  }
}
