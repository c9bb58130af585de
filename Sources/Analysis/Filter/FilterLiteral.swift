import CScanKernels

/// A literal as it is compared, and which steps need it.
struct FilterLiteral: BitwiseCopyable {
  /// The longest: `culprit_text` has four words. Of a longer one a part is looked for, which a text that holds the whole holds too.
  static let longest = 4 * MemoryLayout<UInt64>.size

  let text: culprit_text
  /// Where the steps lie that need the literal, among those of all literals.
  var firstStep: UInt32 = 0
  var stepCount: UInt32 = 0

  init(_ key: Key) { text = culprit_text(key) }

  var count: Int { Int(text.count) }

  /// Whether the literal lies at `text`, behind which 32 bytes are readable, be they text or the kernels' slack.
  ///
  /// By its address, so that nothing but the words compared is loaded.
  @inline(__always) static func lies(_ literal: UnsafePointer<FilterLiteral>, at text: UnsafePointer<UInt8>) -> Bool {
    // `text` is the first member.
    culprit_lies(UnsafeRawPointer(literal).assumingMemoryBound(to: culprit_text.self), text) != 0
  }

  /// What makes two literals one.
  struct Key: Hashable {
    let bytes: [UInt8]
    let ignoreCase: Bool

    init(_ bytes: [UInt8], ignoreCase: Bool) {
      // Without letters there is no case to be ignored.
      let ignoresCase = ignoreCase && bytes.contains { $0.isASCIILetter }
      self.bytes = ignoresCase ? bytes.map { $0.isASCIILetter ? $0 | 0x20 : $0 } : bytes
      self.ignoreCase = ignoresCase
    }

    /// Every byte with bit 5 set, as the kernels see q-grams.
    var folded: [UInt8] { bytes.map { $0 | 0x20 } }
  }
}

extension culprit_text {
  /// - Parameter key: of at most 32 bytes.
  init(_ key: FilterLiteral.Key) {
    self.init()
    count = UInt32(key.bytes.count)
    for (index, byte) in key.bytes.enumerated() {
      let shift = UInt64(8 * (index % 8))
      let fold: UInt64 = key.ignoreCase && byte.isASCIILetter ? 0x20 : 0
      withUnsafeMutableBytes(of: &words) { $0.bindMemory(to: UInt64.self)[index / 8] |= (UInt64(byte) | fold) << shift }
      withUnsafeMutableBytes(of: &folds) { $0.bindMemory(to: UInt64.self)[index / 8] |= fold << shift }
    }
  }

  /// Likewise, to be looked for byte by byte: by the two that are to be expected least often.
  init(_ key: FilterLiteral.Key, rarity: GramRarity) {
    self.init(key)
    let byRarity = key.bytes.indices.sorted { rarity.frequency(of: key.bytes[$0]) < rarity.frequency(of: key.bytes[$1]) }
    probes = (UInt8(byRarity[0]), UInt8(byRarity.count > 1 ? byRarity[1] : byRarity[0]))
  }
}
