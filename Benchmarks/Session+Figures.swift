import Analysis
import Foundation
import LogArchive

extension Session {
  // MARK: - Cleaning

  /// Cleaning alone, against copying the same bytes: how much of memcpy's speed it has.
  func clean(_ name: String, goal: Double) -> Figure {
    var figure = Figure(name: name, meaning: "speed of cleaning by that of memcpy of the same bytes, from memory", goal: goal)
    // More than any cache holds, each copy where it is: what is measured is said to come from memory.
    let copies = max(1, 160_000_000 / corpus.bytes)
    let logs = (0..<copies).flatMap { _ in corpus.raw.map { $0.withUnsafeBytes { Array($0) } } }
    let bytes = logs.reduce(0) { $0 + $1.count }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    defer { target.deallocate() }
    target.initializeMemory(as: UInt8.self, repeating: 1)
    for _ in 0...rounds {
      let copy = Clocks.cpu {
        var at = 0
        for log in logs {
          log.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[at...]).copyMemory(from: $0) }
          at += log.count
        }
      }
      var cleaned = 0
      let clean = Clocks.cpu { for log in logs { cleaned += log.withUnsafeBytes { LogScanner.cleanOnly($0) } } }
      figure.ratios.append(copy / clean)
      figure.note =
        "\(Figure.short(Double(bytes) / clean / 1e9)) of \(Figure.short(Double(bytes) / copy / 1e9)) GB/s, \(cleaned / 1_000_000) MB cleaned"
    }
    figure.ratios.removeFirst()  // the first touches pages
    return figure
  }

  // MARK: - Two cores

  /// All logs on two threads, against one: wall time.
  func twoCores(_ name: String, goal: Double) throws -> Figure {
    var figure = Figure(name: name, meaning: "wall time of all logs on one thread by that on two", goal: goal)
    let program = try ScanProgram(supply.patterns(300))
    let repeats = isQuick ? 12 : 6
    let jobs = Array(repeating: Array(corpus.raw.indices), count: repeats).flatMap { $0 }
    for _ in 0..<rounds {
      let one = Clocks.wall { for job in jobs { _ = scan(corpus.raw[job], program) } }
      let two = Clocks.wall {
        DispatchQueue.concurrentPerform(iterations: jobs.count) { _ = scan(corpus.raw[jobs[$0]], program) }
      }
      figure.ratios.append(one / two)
      figure.note = "\(Figure.short(Double(corpus.bytes * repeats) / two / 1e9)) GB/s"
    }
    return figure
  }

  // MARK: - Rescan

  /// A log from the archive, scanned, against only decompressing it.
  func rescan(_ name: String, goal: Double) throws -> Figure {
    var figure = Figure(
      name: name, meaning: "CPU time of a scan from the archive by that of decompressing alone", goal: goal, isUpperBound: true)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "culprit-bench-archive-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let archive = try LogArchive(folder: folder.path)
    let digests = try corpus.raw.map { log in
      var at = 0
      return try archive.store { buffer in
        let count = min(buffer.count, log.count - at)
        log.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[at..<at + count])) }
        at += count
        return count
      }.digest
    }
    let program = try ScanProgram(supply.patterns(300))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    defer { buffer.deallocate() }
    for _ in 0..<rounds {
      let alone = try Clocks.cpu {
        for digest in digests {
          var reader = try archive.open(digest)
          while try reader.read(into: buffer) > 0 {}
        }
      }
      let scanned = try Clocks.cpu {
        for digest in digests {
          var reader = try archive.open(digest)
          var scanner = LogScanner(program: program)
          while case let count = try reader.read(into: buffer), count > 0 {
            scanner.scan(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { _ in }
          }
          _ = scanner.finish { _ in }
        }
      }
      figure.ratios.append(scanned / alone)
      figure.note =
        "\(Figure.short(Double(corpus.bytes) / scanned / 1e9)) of \(Figure.short(Double(corpus.bytes) / alone / 1e9)) GB/s"
    }
    return figure
  }
}
