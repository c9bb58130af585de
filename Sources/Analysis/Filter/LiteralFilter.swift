import CScanKernels

/// What must be looked for in a text so that no segment is missed that any of a set of expressions matches.
///
/// Of each literal a window is looked for, in one of three ways by its length, as `LiteralPlan` has it; where the window's q-gram is
/// found, the literal is compared. The claim that all rests on is `LiteralSet`'s: a segment that an expression matches holds one of its literals.
/// Immutable; any number of scans share one.
final class LiteralFilter: @unchecked Sendable {
  // `@unchecked Sendable`: nothing is written to after `init`; the tables live as long as this object.
  let kernels: Kernels
  /// Steps that any segment may match, ascending.
  let always: [Int]
  /// What the scanner's inner loops look things up in; not to be used longer than this object.
  let tables: Tables
  struct Tables {
    /// Literals of 7 bytes and more; nil if there are none.
    let sampled: Sampled?
    /// Literals of 4 to 6 bytes; nil if there are none.
    let shorts: Shorts?
    /// All literals, no two the same, and the steps that need them.
    let literals: FixedTable<FilterLiteral>
    let steps: FixedTable<UInt32>
    /// What lies where their q-grams do.
    let nearby: NearbyBytes
    /// What a segment that holds a literal must hold besides.
    let further: FurtherTexts
  }

  /// q-grams that are looked for at every fourth byte.
  struct Sampled {
    let fours: GramTable
    let eights: GramTable?
    fileprivate let map: FixedTable<UInt32>
    fileprivate let shift: CInt

    /// What the kernels need.
    var grams: culprit_sampled { culprit_sampled(map: map.base, shift: shift, has_eights: eights == nil ? 0 : 1) }

    fileprivate func deallocate() {
      fours.deallocate()
      eights?.deallocate()
      map.deallocate()
    }
  }

  /// 4-grams that are looked for at every byte.
  struct Shorts {
    let fours: GramTable
    let classes: FixedTable<culprit_shorts>
    fileprivate let threeMap: FixedTable<UInt32>

    fileprivate func deallocate() {
      fours.deallocate()
      classes.deallocate()
      threeMap.deallocate()
    }
  }

  /// - Parameters:
  ///   - sets: for each step, in their order.
  ///   - further: for each step what is asked of the segments that hold one of its literals.
  convenience init(_ sets: [LiteralSet], further: [[LiteralSet]], kernels: Kernels) {
    self.init(LiteralPlan(sets), FurtherTexts(further), kernels: kernels)
  }

  private init(_ plan: LiteralPlan, _ further: FurtherTexts, kernels: Kernels) {
    self.kernels = kernels
    always = plan.always
    var literals: [FilterLiteral] = []
    var steps: [UInt32] = []
    for (key, needing) in zip(plan.keys, plan.steps) {
      var literal = FilterLiteral(key)
      literal.firstStep = UInt32(steps.count)
      literal.stepCount = UInt32(needing.count)
      literals.append(literal)
      steps += needing.map { UInt32($0) }
    }
    let nearby = NearbyBytes()
    tables = Tables(
      sampled: Self.sampled(plan, nearby), shorts: Self.shorts(plan, nearby), literals: FixedTable(literals),
      steps: FixedTable(steps), nearby: nearby, further: further)
  }

  deinit {
    tables.sampled?.deallocate()
    tables.shorts?.deallocate()
    tables.literals.deallocate()
    tables.steps.deallocate()
    tables.nearby.deallocate()
    tables.further.deallocate()
  }

  // MARK: - Tables

  private static func sampled(_ plan: LiteralPlan, _ nearby: NearbyBytes) -> Sampled? {
    var fours: [(gram: UInt64, place: GramTable.Place)] = []
    var eights: [(gram: UInt64, place: GramTable.Place)] = []
    for (index, key) in plan.keys.enumerated() where plan.tier(of: key) < .short {
      let folded = key.folded
      let byEight = plan.tier(of: key) == .eights
      let width = byEight ? 8 : 4
      // All four q-grams of the window: one of them lies at a place that is looked at.
      for offset in plan.window(of: key).prefix(LiteralPlan.stride) {
        let place = GramTable.Place(literal: index, offset: offset, key)
        nearby.enterSampled(folded, at: offset, width: width)
        let gram = gram(folded[offset..<offset + width])
        if byEight { eights.append((gram, place)) } else { fours.append((gram, place)) }
      }
    }
    guard !fours.isEmpty || !eights.isEmpty else { return nil }
    // So many words that few of their bits are set, and no more: they are best kept in the first-level cache.
    let grams = fours.count + eights.count
    let shift: CInt = grams <= 12_000 ? 19 : grams <= 24_000 ? 18 : 17
    let map = FixedTable<UInt32>(repeating: 0, count: 1 << (32 - Int(shift)))
    for (gram, _) in fours {
      let hash = culprit_hash4(UInt32(gram))
      map.base[Int(hash >> UInt32(shift))] |= culprit_sampled_bits(hash, shift)
    }
    for (gram, _) in eights {
      let word = culprit_hash4(UInt32(truncatingIfNeeded: gram)) >> UInt32(shift)
      map.base[Int(word)] |= culprit_sampled_bits(culprit_hash8(gram), shift)
    }
    return Sampled(fours: GramTable(fours), eights: eights.isEmpty ? nil : GramTable(eights), map: map, shift: shift)
  }

  private static func shorts(_ plan: LiteralPlan, _ nearby: NearbyBytes) -> Shorts? {
    var fours: [(gram: UInt64, place: GramTable.Place)] = []
    let threeMap = FixedTable<UInt32>(repeating: 0, count: 1 << (CULPRIT_SHORT_BITS - 5))
    var looked: Set<FilterLiteral.Key> = []
    for (index, key) in plan.keys.enumerated() where plan.tier(of: key) == .short {
      let folded = key.folded
      let start = plan.window(of: key).lowerBound
      fours.append((gram(folded[start..<start + 4]), GramTable.Place(literal: index, offset: start, key)))
      nearby.enterShort(folded, at: start)
      for offset in start..<start + 2 {
        let hash = culprit_hash4(UInt32(gram(folded[offset..<offset + 3]))) >> (32 - CULPRIT_SHORT_BITS)
        threeMap.base[Int(hash >> 5)] |= 1 << (hash & 31)
      }
      looked.insert(FilterLiteral.Key(Array(key.bytes[start...]), ignoreCase: key.ignoreCase))
    }
    guard !fours.isEmpty else {
      threeMap.deallocate()
      return nil
    }
    let classes = FixedTable(repeating: culprit_shorts(), count: 1)
    let sorted = looked.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    ShortClasses(sorted, rarity: .typical).write(to: &classes.base[0])
    classes.base[0].three = UnsafePointer(threeMap.base)
    return Shorts(fours: GramTable(fours), classes: classes, threeMap: threeMap)
  }

  /// The bytes as a number, the first lowest.
  private static func gram(_ folded: ArraySlice<UInt8>) -> UInt64 {
    folded.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
