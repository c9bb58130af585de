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

  /// Whether the literal lies at `text`, behind which as many bytes follow as the literal has, and the kernels' slack.
  ///
  /// By its address, so that nothing but the words compared is loaded. The kernels' `culprit_lies` asks the same, of few texts at many
  /// places and in a loop over their words; here are many literals, each at one place, which most are not at, and most of these end with
  /// the first word.
  @inline(__always) static func lies(_ literal: UnsafePointer<FilterLiteral>, at text: UnsafeRawPointer) -> Bool {
    let count = Int(literal.pointee.text.count)
    return isEqual(text, literal.pointee.text.words.0, literal.pointee.text.folds.0, bytes: count)
      && (count <= 8 || isEqual(text + 8, literal.pointee.text.words.1, literal.pointee.text.folds.1, bytes: count - 8))
      && (count <= 16 || isEqual(text + 16, literal.pointee.text.words.2, literal.pointee.text.folds.2, bytes: count - 16))
      && (count <= 24 || isEqual(text + 24, literal.pointee.text.words.3, literal.pointee.text.folds.3, bytes: count - 24))
  }

  @inline(__always) private static func isEqual(_ text: UnsafeRawPointer, _ word: UInt64, _ fold: UInt64, bytes: Int) -> Bool {
    let mask = bytes >= 8 ? UInt64.max : (1 << UInt64(8 * bytes)) - 1
    return (text.loadUnaligned(as: UInt64.self) | fold) & mask == word
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
