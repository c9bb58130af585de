import FuzzSupport
@testable import Analysis
import Glibc
import Testing

/// Lines, none of which is its log's first, and what they are once they are cleaned: what kernels are held against.
struct KernelCleaning {
  private let source: [UInt8]
  /// Where each line of the source ends, its `\n` included; before the first 0.
  private var ends = [0]
  /// The cleaned lines, each ended by `\n`, with lone carriage returns where they were.
  private var text: [UInt8] = []
  private var textEnds = [0]
  private let sourceMemory: GuardedMemory
  private let targetMemory: GuardedMemory

  var lines: Int { ends.count - 1 }

  /// By the rules in their plainest form.
  init(_ source: [UInt8]) {
    self.init(source) { ReferenceCleaner.joined(ReferenceCleaner.clean([0x0A] + source)).dropFirst() }
  }

  init(_ source: [UInt8], cleaned: () -> ArraySlice<UInt8>) {
    self.source = source
    for (index, byte) in source.enumerated() where byte == 0x0A { ends.append(index + 1) }
    text = Array(cleaned())
    for (index, byte) in text.enumerated() where byte == 0x0A { textEnds.append(index + 1) }
    sourceMemory = GuardedMemory(capacity: source.count)
    targetMemory = GuardedMemory(capacity: source.count + 1 + Kernels.slack)
  }

  /// Lets the kernels clean the lines, and goes on behind each that they leave alone. Returns which these are.
  ///
  /// What is read lies between pages that must not be touched, what is written between them or within its slack.
  /// - Parameters:
  ///   - isAtEnd: whether the source ends before such a page, or else begins behind one.
  ///   - room: of the target, at most a byte more than the source has; nil for that.
  ///   - hard: the lines that are left where there is room. All others must be taken if they are shorter than the room that is left.
  func linesLeft(by kernels: Kernels, isAtEnd: Bool, room: Int? = nil, hard: [Int]? = nil, _ comment: Comment) -> [Int] {
    let memory = isAtEnd ? sourceMemory.last(source.count) : sourceMemory.first(source.count)
    _ = memory.initialize(from: source)
    let isCounted = memory.baseAddress.map { kernels.countNewlines($0, memory.count) == lines } ?? true
    #expect(isCounted, comment)
    var left: [Int] = []
    var line = 0
    while line <= lines, ends[line] < source.count {
      let rest = UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: memory[ends[line]...]))
      let most = room ?? rest.count + 1
      let target = isAtEnd ? targetMemory.last(most + Kernels.slack) : targetMemory.first(most + Kernels.slack)
      guard let base = target.baseAddress else { return left }
      let cleaned = kernels.cleanLines(rest, into: base, room: most)
      let next = line + cleaned.lines
      guard next <= lines, cleaned.taken == ends[next] - ends[line], cleaned.written == textEnds[next] - textEnds[line],
        cleaned.written <= most,
        text.withUnsafeBufferPointer({ memcmp(base, $0.baseAddress! + textEnds[line], cleaned.written) == 0 })
      else {
        Issue.record("\(kernels.name), \(cleaned.lines) lines from line \(line) on: \(comment)")
        return left
      }
      if ends[next] < source.count { left.append(next) }
      if let hard, next < lines, ends[next + 1] - ends[next] <= most - cleaned.written, !hard.contains(next) {
        Issue.record("\(kernels.name) left line \(next): \(comment)")
      }
      line = next + 1
    }
    return left
  }
}
