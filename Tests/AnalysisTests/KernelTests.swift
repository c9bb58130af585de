import FuzzSupport
@testable import Analysis
import CScanKernels
import Foundation
import Testing

/// Each kind of kernel does what the portable one does.
@Suite struct KernelTests {
  static let wide = FastScanTests.kernels.filter { $0 != "scalar" }

  /// Bytes with what the kernels look for made frequent, between memory that is not theirs: whatever they do with it is seen.
  private static func bytes(_ random: inout SplitMix64) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<random.below(random.once(in: 4) ? 400 : 60) { bytes += FastScanTests.line(&random) }
    return random.once(in: 2) ? bytes : Array(bytes.prefix(random.below(200)))
  }

  private struct Cleaned: Equatable {
    let taken: Int
    let lines: Int
    let text: [UInt8]
  }

  private static func clean(_ source: [UInt8], room: Int, _ kernels: Kernels) -> Cleaned {
    let target = UnsafeMutablePointer<UInt8>.allocate(capacity: room + Kernels.slack)
    defer { target.deallocate() }
    // An array is an allocation of its own, so that a sanitizer sees what is read behind it.
    let cleaned = source.withUnsafeBytes { kernels.cleanLines($0, into: target, room: room) }
    return Cleaned(
      taken: cleaned.taken, lines: cleaned.lines, text: Array(UnsafeBufferPointer(start: target, count: cleaned.written)))
  }

  @Test(arguments: wide, 0..<4) func cleansAndCountsAsThePortableOne(_ name: String, _ block: Int) throws {
    let kernels = try #require(Kernels(named: name))
    let scalar = try #require(Kernels(named: "scalar"))
    for seed in block * 60..<(block + 1) * 60 {
      var random = SplitMix64(seed: UInt64(8_000_000 + seed))
      let source = Self.bytes(&random)
      let expected = Self.clean(source, room: source.count + 1, scalar)
      let cleaned = Self.clean(source, room: source.count + 1, kernels)
      let isSame = cleaned == expected
      #expect(isSame, "seed \(seed)")
      // Where the room ends the wide ones may take lines more, which fit only once they are cleaned.
      let room = random.pick([source.count / 2, 100])
      let least = Self.clean(source, room: room, scalar)
      let part = Self.clean(source, room: room, kernels)
      #expect(least.taken <= part.taken && part.taken <= expected.taken && part.lines <= expected.lines, "seed \(seed)")
      #expect(part.text.count <= room && expected.text.starts(with: part.text), "seed \(seed)")
      source.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        #expect(kernels.countNewlines(base, buffer.count) == source.count { $0 == 0x0A })
        #expect(scalar.countNewlines(base, buffer.count) == source.count { $0 == 0x0A })
      }
    }
  }

  /// A time and a stream's marker are found with any two sequences at any places in them, or the line is left to the state machine: by
  /// all kernels alike.
  @Test(arguments: wide) func sequencesHideNoTime(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let scalar = try #require(Kernels(named: "scalar"))
    // Some as long as what is looked at in one step, and longer by a little.
    let sequences =
      ([
        "\u{1B}[0m", "\u{1B}[\(String(repeating: "1", count: 61))m", "\u{1B}[\(String(repeating: "1", count: 62))m",
        String(repeating: "\u{1B}[0m", count: 15) + "\u{1B}[31;1m", "\u{1B}_bk;t=17\u{7}", "\u{1B}]8;;\u{1B}\\", "\u{1B}(B",
        "\u{1B}7",
      ] + (58...61).flatMap { count in ["\u{7}", "\u{1B}\\"].map { "\u{1B}]\(String(repeating: "t", count: count))\($0)" } }).map {
        Array($0.utf8)
      }
    let ends = ["Z 00O text", "Z E 0 0000", "Z 00", "", " 0-0", "Z2024-", "Z 2024-02-29T"].map { Array($0.utf8) }
    var lines: [UInt8] = []
    for (number, (first, second)) in sequences.flatMap({ first in sequences.map { (first, $0) } }).enumerated() {
      for place in 0..<36 {
        for next in [place, place + 1, 4, 28, 30, 32, 35] where next >= place {
          let digits = String(repeating: "7", count: 6 + (number + place) % 4)
          var line = Array("2024-02-29T01:02:03.\(digits)".utf8) + ends[(number + place + next) % ends.count]
          line.insert(contentsOf: second, at: min(next, line.count))
          line.insert(contentsOf: first, at: min(place, line.count))
          lines += line + [0x0A]
        }
      }
    }
    // Behind the last there is enough for the wide ones to look at it.
    lines += Array(repeating: 0x0A, count: 600)
    var taken = 0
    while taken < lines.count {
      let rest = Array(lines[taken..<min(lines.count, taken + 20_000)])
      let expected = Self.clean(rest, room: rest.count + 1, scalar)
      let isSame = Self.clean(rest, room: rest.count + 1, kernels) == expected
      #expect(isSame, "in the \(expected.taken) bytes from \(taken) on")
      taken += expected.taken
      taken = (lines[taken...].firstIndex(of: 0x0A) ?? lines.count) + 1
    }
  }

  /// Every place of every literal is among what is found, by kernels of each kind.
  @Test(arguments: FastScanTests.kernels, [20, 900]) func findsEveryLiteral(_ name: String, _ count: Int) throws {
    let kernels = try #require(Kernels(named: name))
    var random = SplitMix64(seed: 9_000_000 + UInt64(count))
    let letters = Array("abcdeABC: \u{1B}é✓".utf8)
    let literals = (0..<count).map { _ in
      Literal((0..<4 + random.below(20)).map { _ in random.pick(letters) }, ignoreCase: random.once(in: 3))
    }
    let filter = LiteralFilter(literals.map { .literals([$0]) }, further: literals.map { _ in [] }, kernels: kernels)
    for _ in 0..<12 {
      let length = 64 + random.below(400)
      let text = UnsafeMutablePointer<UInt8>.allocate(capacity: length + Kernels.slack)
      defer { text.deallocate() }
      for index in 0..<length + Kernels.slack { text[index] = random.pick(letters) }
      for _ in 0..<6 {
        let literal = random.pick(literals).bytes
        let at = random.below(length - literal.count)
        for (index, byte) in literal.enumerated() { text[at + index] = byte }
      }
      let hits = UnsafeMutablePointer<UInt32>.allocate(capacity: length + 128)
      defer { hits.deallocate() }
      var found: Set<Int> = []
      if let sampled = filter.tables.sampled {
        var grams = sampled.grams
        let count = kernels.findSampled(&grams, in: text, 0..<length, hits: hits)
        for hit in 0..<filter.tables.nearby.keepSampled(hits, count, in: text) {
          let at = Int(hits[hit] & ~3)
          let gram = UnsafeRawPointer(text + at).loadUnaligned(as: UInt64.self) | 0x2020_2020_2020_2020
          if hits[hit] & UInt32(CULPRIT_MAY_BE_FOUR) != 0 {
            for place in sampled.fours.places(of: gram & 0xFFFF_FFFF) { found.insert(at - Int(place.offset)) }
          }
          if hits[hit] & UInt32(CULPRIT_MAY_BE_EIGHT) != 0, let eights = sampled.eights {
            for place in eights.places(of: gram) { found.insert(at - Int(place.offset)) }
          }
        }
      }
      if let shorts = filter.tables.shorts {
        let count = kernels.findShorts(shorts.classes.base, in: text, 0..<length, hits: hits)
        for hit in 0..<filter.tables.nearby.keepShorts(hits, count, in: text) {
          let at = Int(hits[hit])
          let gram = UnsafeRawPointer(text + at).loadUnaligned(as: UInt32.self) | 0x2020_2020
          for place in shorts.fours.places(of: UInt64(gram)) { found.insert(at - Int(place.offset)) }
        }
      }
      let all = Array(UnsafeBufferPointer(start: text, count: length))
      for literal in literals {
        for start in 0...max(0, length - literal.bytes.count)
        where Literal(literal.bytes, ignoreCase: literal.ignoreCase, anchoredAtStart: true)
          .occurs(in: all[start..<min(length, start + literal.bytes.count)])
        {
          #expect(found.contains(start), "\(literal)")
        }
      }
    }
  }

  /// A text is said to be held wherever it lies, and nowhere else.
  @Test(arguments: FastScanTests.kernels) func tellsWhetherATextIsHeld(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var random = SplitMix64(seed: 10_000_000)
    let letters = Array("aAbB: ✓".utf8)
    for round in 0..<3_000 {
      let count = 1 + random.below(random.pick([3, 8, 32]))
      let literal = Literal((0..<count).map { _ in random.pick(letters) }, ignoreCase: random.once(in: 2))
      let length = random.below(random.pick([4, 40, 300]))
      let text = UnsafeMutablePointer<UInt8>.allocate(capacity: length + Kernels.slack)
      defer { text.deallocate() }
      // What is behind the end must not count.
      for index in 0..<length + Kernels.slack { text[index] = index < length ? random.pick(letters) : literal.bytes[0] }
      if random.once(in: 2), literal.bytes.count <= length {
        let at = random.pick([0, length - literal.bytes.count, random.below(length - literal.bytes.count + 1)])
        for (index, byte) in literal.bytes.enumerated() { text[at + index] = byte }
      }
      var looked = culprit_text(FilterLiteral.Key(literal.bytes, ignoreCase: literal.ignoreCase), rarity: .typical)
      let isHeld = kernels.holds(&looked, text, length)
      #expect(isHeld == literal.occurs(in: UnsafeBufferPointer(start: text, count: length)), "round \(round)")
    }
  }
}
