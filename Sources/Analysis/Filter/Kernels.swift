import CScanKernels

/// The C loops for one kind of processor.
struct Kernels: @unchecked Sendable {
  // `@unchecked Sendable`: points to a constant of the C target.
  private let table: UnsafePointer<culprit_kernels>

  /// Bytes that may be touched behind a text that is searched or a target that is written.
  static let slack = CULPRIT_SLACK
  /// Texts are searched in multiples of so many bytes.
  static let block = CULPRIT_BLOCK

  /// Names of those that this processor has, the slowest first.
  static let available = ["scalar", "avx2", "avx512", "neon"].filter { Kernels(named: $0) != nil }

  /// The fastest ones, or those that `CULPRIT_SIMD` names.
  ///
  /// The program refuses other names before anything is scanned (`KernelChoice`); what measures and tests ends here, as it would measure and
  /// test something else than it says.
  static let chosen: Kernels = {
    guard let name = KernelChoice.forced() else { return Kernels() }
    guard let kernels = Kernels(named: name) else {
      fatalError("\(KernelChoice.variable) is \(name), and this processor has \(available.joined(separator: ", "))")
    }
    return kernels
  }()

  /// One of `available`; nil if it is anything else.
  init?(named name: String) {
    guard let table = culprit_kernels_named(name) else { return nil }
    self.table = table
  }

  init() { table = culprit_kernels_best() }

  var name: String { String(cString: table.pointee.name) }

  func countNewlines(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
    table.pointee.count_newlines(text, count)
  }

  /// Cleans simple lines from the start of `source` on. `target` has `room` bytes, and the slack behind them.
  func cleanLines(_ source: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<UInt8>, room: Int) -> culprit_cleaned {
    guard let base = source.baseAddress else { return culprit_cleaned() }
    return table.pointee.clean_lines(base.assumingMemoryBound(to: UInt8.self), source.count, target, room)
  }

  /// Positions in `range` at which a sampled q-gram may begin. `hits` has room for a quarter of the range, and 16.
  func findSampled(
    _ grams: inout culprit_sampled, in text: UnsafePointer<UInt8>, _ range: Range<Int>, hits: UnsafeMutablePointer<UInt32>
  ) -> Int {
    table.pointee.find_sampled(&grams, text, range.lowerBound, range.upperBound, hits)
  }

  /// Positions in `range` at which a short literal may begin. `hits` has room for the range, and 64.
  func findShorts(
    _ shorts: UnsafePointer<culprit_shorts>, in text: UnsafePointer<UInt8>, _ range: Range<Int>, hits: UnsafeMutablePointer<UInt32>
  ) -> Int {
    table.pointee.find_shorts(shorts, text, range.lowerBound, range.upperBound, hits)
  }

  /// Whether the bytes hold the text. Behind them there is the slack.
  func holds(_ text: UnsafePointer<culprit_text>, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    table.pointee.holds(text, bytes, count) != 0
  }
}
