import FuzzSupport
@testable import Analysis
import CScanKernels
import Foundation
import Testing

/// Each kind of kernel does what the rules say, and touches no memory but its own.
@Suite struct KernelTests {
  static let wide = FastScanTests.kernels.filter { $0 != "scalar" }

  @Test func onlyKernelsThatAreThereHaveNames() {
    for name in ["", "sclar", "AVX2", "avx", "avx5122"] { #expect(Kernels(named: name)?.name == nil, "\(name)") }
    #expect(Kernels.available.first == "scalar")
    #expect(Kernels.available.last == Kernels().name)
    #expect(Kernels.available.allSatisfy { Kernels(named: $0)?.name == $0 })
    #expect(KernelChoice.forced(in: [KernelChoice.variable: ""]) == nil)
  }

  /// Holds all kinds of kernels against the rules and, as to which lines they take, against the portable one. Returns those that are left.
  private static func check(_ cleaning: KernelCleaning, _ comment: Comment) throws -> [Int] {
    let scalar = try #require(Kernels(named: "scalar"))
    let left = cleaning.linesLeft(by: scalar, isAtEnd: true, comment)
    for name in FastScanTests.kernels {
      let kernels = try #require(Kernels(named: name))
      for isAtEnd in [true, false] {
        let others = cleaning.linesLeft(by: kernels, isAtEnd: isAtEnd, comment)
        #expect(others == left, "\(name): \(comment)")
      }
    }
    return left
  }

  @Test(arguments: 0..<4) func cleansByTheRules(_ block: Int) throws {
    var lines = 0
    var left = 0
    for seed in block * 60..<(block + 1) * 60 {
      var random = SplitMix64(seed: UInt64(8_000_000 + seed))
      var source: [UInt8] = []
      if random.once(in: 3) {
        for _ in 0..<random.below(60) { source += FastScanTests.line(&random) }
      } else {
        source = CleanAdversary.lines(&random)
      }
      if random.once(in: 4) { source = Array(source.prefix(random.below(200))) }
      let cleaning = KernelCleaning(source)
      lines += cleaning.lines
      let hard = try Self.check(cleaning, "seed \(seed)")
      left += hard.count
      // Where the room ends the wide ones may take lines more, which fit only once they are cleaned.
      let room = 1 + random.below(random.pick([source.count + 1, min(source.count + 1, 300)]))
      for name in FastScanTests.kernels {
        _ = cleaning.linesLeft(
          by: try #require(Kernels(named: name)), isAtEnd: random.once(in: 2), room: room, hard: hard, "seed \(seed), room \(room)")
      }
    }
    #expect(left * 3 < lines, "hard lines are many, but most are simple")
  }

  /// At the border of what is taken, and of what is looked at in one step.
  @Test func cleansWhatIsJustShortEnough() throws {
    var lines: [[UInt8]] = []
    for count in 4_094...4_098 {
      for end in ["\u{7}", "\u{1B}\\"] {
        lines.append(Array("a\u{1B}]\(String(repeating: "t", count: count - 2 - end.utf8.count))\(end)z".utf8))
      }
    }
    for count in 58...68 {
      for start in ["", "a", "2024-02-29T01:02:03.7777777Z ", "2024-02-29T01:02:03.7777777Z 00O "] {
        lines.append(Array("\(start)\u{1B}[\(String(repeating: "1", count: count - 3))mz".utf8))
        lines.append(Array("\(start)\u{1B}[\(String(repeating: "1", count: count - 4)) qz".utf8))
        lines.append(Array("\(start)\u{1B}]\(String(repeating: "t", count: count - 3))\u{7}z".utf8))
      }
    }
    for count in 1...66 {
      for crowded in ["\u{A0}", "\u{1B}[m", "\u{1B}7", "\n", "\r\n", "\u{1B}[m\n"] {
        lines.append(Array("a\(String(repeating: crowded, count: count))z".utf8))
      }
    }
    for count in 0...5 { lines.append(Array("a".utf8) + Array(repeating: 0x0D, count: count)) }
    for offset in [0, 1, 31, 63] {
      let source =
        Array(repeating: 0x78, count: offset) + Array(lines.joined(separator: [0x0A])) + Array(repeating: 0x0A, count: 600)
      _ = try Self.check(KernelCleaning(source), "offset \(offset)")
    }
  }

  /// A time with each number of digits and GitLab's marker, each of its bytes changed to each other, and cut off anywhere: what Swift, the
  /// portable code and each kind of kernel take off is what the rules say.
  @Test func takesOffTheSameTimes() throws {
    let times = (5...10).map { Array("2024-02-29T01:02:03.\("1234567890".prefix($0))Z 0fE+text".utf8) }
    var lines: [[UInt8]] = []
    for place in times[0].indices {
      for byte in UInt8.min...UInt8.max where byte != 0x0A {
        // Neighbours in the log have times of different lengths, except where those of one length are many.
        for time in place % 2 == 0 ? times : [times[2], times[2], times[4], times[1]] {
          var line = time
          line[place] = byte
          lines.append(line)
        }
      }
      lines += times.map { Array($0.prefix(place)) }
    }
    var text: [UInt8] = []
    for line in lines {
      let length = line.withUnsafeBytes { LinePrefix.length($0, isLogStart: false) }
      if length != ReferenceCleaner.prefixLength(line, isLogStart: false) { Issue.record("\(length) bytes of \(line)") }
      if line.contains(where: { $0 == 0x08 || $0 == 0x0D || $0 == 0x1B || $0 == 0xC2 }) {
        text += ReferenceCleaner.joined(ReferenceCleaner.clean([0x0A] + line + [0x0A])).dropFirst()
      } else {
        text += line[length...] + [0x0A]
      }
    }
    let calm = Array(repeating: UInt8(0x0A), count: 600)
    let cleaning = KernelCleaning(Array(lines.map { $0 + [0x0A] }.joined()) + calm) { ArraySlice(text + calm) }
    _ = try Self.check(cleaning, "times")
  }

  private struct Cleaned: Equatable {
    let taken: Int
    let lines: Int
    let text: [UInt8]
  }

  private static func clean(_ source: [UInt8], _ kernels: Kernels) -> Cleaned {
    let room = source.count + 1
    let target = UnsafeMutablePointer<UInt8>.allocate(capacity: room + Kernels.slack)
    defer { target.deallocate() }
    let cleaned = source.withUnsafeBytes { kernels.cleanLines($0, into: target, room: room) }
    return Cleaned(
      taken: cleaned.taken, lines: cleaned.lines, text: Array(UnsafeBufferPointer(start: target, count: cleaned.written)))
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
      let expected = Self.clean(rest, scalar)
      let isSame = Self.clean(rest, kernels) == expected
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
    let literals =
      (0..<count).map { _ in
        Literal((0..<4 + random.below(20)).map { _ in random.pick(letters) }, ignoreCase: random.once(in: 3))
      } + [Literal(Array("eeee".utf8), ignoreCase: false), Literal(Array("bbbbbbbb".utf8), ignoreCase: true)]
    let filter = LiteralFilter(literals.map { .literals([$0]) }, further: literals.map { _ in [] }, kernels: kernels)
    let memory = GuardedMemory(capacity: 4_096)
    for round in 0..<12 {
      let start = random.pick([0, 64])
      let middle = start + 64
      let length = middle + 64 + random.below(400)
      let places = random.once(in: 2) ? memory.first(length + Kernels.slack) : memory.last(length + Kernels.slack)
      let text = try #require(places.baseAddress)
      // Some texts hold a literal everywhere.
      let used = round < 9 ? letters : [random.pick(Array("eb".utf8))]
      for index in 0..<length + Kernels.slack { text[index] = random.pick(used) }
      for number in 0..<(round < 9 ? 10 : 1) {
        let literal = random.pick(literals.filter { number % 2 == 0 || $0.bytes.count < 7 }).bytes
        // Where what is searched begins, and ends, and where one part of it meets the next, too.
        let at =
          switch number {
          case 0...1: start + random.below(3)
          case 2...3: middle - 1 - random.below(3)
          case 4: length - literal.count
          default: random.below(length - literal.count)
          }
        for (index, byte) in literal.enumerated() { text[at + index] = byte }
      }
      let hits = UnsafeMutablePointer<UInt32>.allocate(capacity: length + 128)
      defer { hits.deallocate() }
      var found: Set<Int> = []
      for range in [start..<middle, middle..<length] {
        if let sampled = filter.tables.sampled {
          var grams = sampled.grams
          let count = kernels.findSampled(&grams, in: text, range, hits: hits)
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
          let count = kernels.findShorts(shorts.classes.base, in: text, range, hits: hits)
          for hit in 0..<filter.tables.nearby.keepShorts(hits, count, in: text) {
            let at = Int(hits[hit])
            let gram = UnsafeRawPointer(text + at).loadUnaligned(as: UInt32.self) | 0x2020_2020
            for place in shorts.fours.places(of: UInt64(gram)) { found.insert(at - Int(place.offset)) }
          }
        }
      }
      let all = Array(UnsafeBufferPointer(start: text, count: length))
      for literal in literals {
        let here = Literal(literal.bytes, ignoreCase: literal.ignoreCase, anchoredAtStart: true)
        for at in start...max(start, length - literal.bytes.count)
        where here.occurs(in: all[at..<min(length, at + literal.bytes.count)]) && !found.contains(at) {
          Issue.record("\(literal) at \(at) of \(length) bytes from \(start) on")
        }
      }
    }
  }

  /// A text is said to be held wherever it lies, and nowhere else.
  @Test(arguments: FastScanTests.kernels) func tellsWhetherATextIsHeld(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var random = SplitMix64(seed: 10_000_000)
    let letters = Array("aAbB: ✓".utf8)
    let memory = GuardedMemory(capacity: 4_096)
    for round in 0..<3_000 {
      let count = 1 + random.below(random.pick([3, 8, 32]))
      let literal = Literal((0..<count).map { _ in random.pick(letters) }, ignoreCase: random.once(in: 2))
      let length = random.below(random.pick([4, 40, 300]))
      let places = random.once(in: 2) ? memory.first(length + Kernels.slack) : memory.last(length + Kernels.slack)
      let text = try #require(places.baseAddress)
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
