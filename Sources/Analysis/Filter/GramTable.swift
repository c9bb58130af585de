import CScanKernels

/// From a folded q-gram to the literals that hold it, and where they do.
struct GramTable: Sendable {
  /// A q-gram's place in a literal.
  struct Place: BitwiseCopyable, Sendable {
    let literal: UInt32
    /// Bytes from the start of the literal to the q-gram.
    let offset: UInt32
    /// The literal's first eight bytes, as `culprit_text` has them, and which bits of them there are: most places are refused by these,
    /// without a look at the literal, which lies elsewhere.
    let word: UInt64
    let fold: UInt64
    let mask: UInt64

    init(literal: Int, offset: Int, _ key: FilterLiteral.Key) {
      let text = culprit_text(key)
      self.literal = UInt32(literal)
      self.offset = UInt32(offset)
      word = text.words.0
      fold = text.folds.0
      mask = text.count >= 8 ? .max : (1 << UInt64(8 * text.count)) - 1
    }

    /// Whether the literal may lie at `text`.
    @inline(__always) func mayLie(at text: UnsafeRawPointer) -> Bool { (text.loadUnaligned(as: UInt64.self) | fold) & mask == word }
  }

  private struct Slot: BitwiseCopyable, Sendable {
    var gram: UInt64 = 0
    var first: UInt32 = 0
    /// 0 in a slot that is free.
    var count: UInt32 = 0
  }

  /// A power of two of them, half of them free at least, so that every search comes to an end.
  private let slots: FixedTable<Slot>
  private let places: FixedTable<Place>
  private let mask: Int

  init(_ grams: [(gram: UInt64, place: Place)]) {
    let sorted = grams.sorted { ($0.gram, $0.place.literal, $0.place.offset) < ($1.gram, $1.place.literal, $1.place.offset) }
    var size = 64
    while size < 2 * sorted.count { size *= 2 }
    mask = size - 1
    slots = FixedTable(repeating: Slot(), count: size)
    places = FixedTable(sorted.map(\.place))
    var index = 0
    while index < sorted.count {
      let gram = sorted[index].gram
      var end = index
      while end < sorted.count, sorted[end].gram == gram { end += 1 }
      var slot = Self.home(of: gram) & mask
      while slots.base[slot].count > 0 { slot = (slot + 1) & mask }
      slots.base[slot] = Slot(gram: gram, first: UInt32(index), count: UInt32(end - index))
      index = end
    }
  }

  func deallocate() {
    slots.deallocate()
    places.deallocate()
  }

  /// The places of the q-gram; empty if no literal holds it.
  func places(of gram: UInt64) -> UnsafeBufferPointer<Place> {
    var index = Self.home(of: gram) & mask
    while true {
      // `index` is masked to the size of the table, and `first` and `count` were made with `places`.
      let slot = slots.base[index]
      if slot.count == 0 { return UnsafeBufferPointer(start: nil, count: 0) }
      if slot.gram == gram { return UnsafeBufferPointer(start: places.base + Int(slot.first), count: Int(slot.count)) }
      index = (index + 1) & mask
    }
  }

  private static func home(of gram: UInt64) -> Int { Int(truncatingIfNeeded: (gram &* 0x9E37_79B9_7F4A_7C15) >> 32) }
}
