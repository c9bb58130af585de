/// Estimates how often a text occurs in a log, so that of several the one can be looked for that is found in vain least often.
///
/// There are two such estimates, for two questions, and both ask `TypicalGrams` what typical lines hold. This one tells which of an
/// expression's texts it is searched by (`LiteralFacts.Claim`), and so must know texts of any length, which may be nowhere in these lines:
/// frequencies of kinds of characters, counted in logs of all sorts, and typical lines where they say more. `GramRarity` tells by which
/// bytes of a chosen literal the filter finds it (`LiteralPlan`), so it compares four bytes with four bytes; there the sum of both is enough.
///
/// An estimate that is wrong costs time and changes no finding.
package enum LiteralRarity {
  /// Half bits of information in a character of each kind, and below that in each kind after each: `scripts/literal-frequencies`.
  private static let table: [UInt8] = [
    ";=<<9>>>:C?;:::<F::9<?AA??568:87",
    "E:78F>:O8O<897O:O676:9AA=O=9??@=",
    "7?;@9ELL6<L8LB;;L8:>6GLG:L8:5?=7",
    "8F;C8BN88@898N5=N:?68GFD?N<:9>;C",
    "8>C<4;>M7M<>E:;>M<==:MHHEC=478:=",
    ":;87;<AFDDQ;<7@<?669A=@:CQ?67:;@",
    "6AB>8;EL5LL<C@5CL8:89LCLBC96=@>?",
    ">L;L6E=95LL=E89@L:<=<FLLA<C38<:=",
    "7FKC4KKK9KK@DK5>K;@6=KKK>K;6;:;B",
    "<7;:>;<OOOB6:46;H;86O?O?O;HA;@FF",
    "4FF74FFFAFFFFF6FFF4F<FFAFFAFAFFA",
    "7;:C6>@J8JJCJ:>JAB:==C?JJJJ37;:7",
    "9IA84?AN4NA8EF8?NI?>9?DN>NC68;<B",
    ":9?@6<CB;FHA@=98OB>AAADHHO75=<94",
    ":J:87<6J;@@=A:7<O@87:<FO?O:69<<@",
    "=;:8@:?J?A=;84=8O5;87=<CEFA9>??A",
    "6M;@5;B>:MC7;M9;M8:9<DFM7M;;8:;@",
    "CCCCCCCCCCC<CCCCC>>C0CCCCCC;><<>",
    "8A;@5B=H8O?:=;6@O878:?JO;OD78::=",
    ">J;?6BJ:7O?9GE:=G;75<J=O<OA68:;:",
    "8P<=5BF87PP=<A9;P;9:<P>C;K668;<?",
    ">;=;9B8M7MM8:5B9M568CMM;MM:=?B<D",
    "5JJJ2JCJ8JJJ>A:JJJJJJAJEJJ8<;;=J",
    "4I?B7@?84IIBD88BI8;BBI:IIII8:>;A",
    "5A9?8=II8IIAAID7III8=II@=D496;<A",
    "@CJJ:CJJ:JJ?<<:6J;75JJCJJA@4969<",
    "CJ@J6EJJ=JJ9JJ>JJJ9JJJJJJJJ1@JJ@",
    "DDDDCB@KTO>K6TOITOD;BTTAT;2957<>",
    ";=:=;;?>;AE<;<;<H<::=>>DC@739?89",
    "<<:=<=<;=?E<=>>;B=:;=<>ADD2:5??A",
    "AGAEICIH>GIE=@CCPD@@FKKPFP24;5><",
    "??>==AAA?F:=;>B>Q>>>DAB@LQ25;;5:",
    "MSMKLSSKMMSSLSSSSSKSISMSSSCBMF41",
  ].flatMap { (row: String) in row.utf8.map { $0 - UInt8(ascii: "0") } }

  private static let kindCount = 32
  private static let kinds: [Int] = (0...255).map { kind(UInt8($0)) }
  /// Half bits that tell one byte from the others of its kind, for the kinds after the letters.
  private static let withinKind: [Int] = [6, 0, 4, 4, 8, 10]

  /// Bytes that a first, coarse look at the text compares at a time.
  private static let gram = 4
  /// From this length on, every fourth byte need be looked at only.
  private static let sampled = 7

  // What the filter's work takes, in the time of one coarse hit. Rough: it only says which of two claims is the better one.

  /// To look for one literal more, per byte of a log: the filter's tables grow, and refuse less.
  private static let perLiteral = 2e-6
  /// To look for one at every byte and not at every fourth, per byte of a log.
  private static let atEveryByte = 6e-6
  /// To compare a literal that was found, find its segment and have PCRE2 search that.
  private static let perSearch = 50.0

  private static func kind(_ byte: UInt8) -> Int {
    switch byte {
    case _ where byte.isASCIILetter: Int(byte | 0x20) - Int(UInt8(ascii: "a"))
    case UInt8(ascii: "0")...UInt8(ascii: "9"): 26
    case UInt8(ascii: " "), UInt8(ascii: "\t"): 27
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "."): 28
    case UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="): 29
    case 0x21..<0x7F: 30
    default: 31
    }
  }

  /// Half bits of information in a byte by itself, and after one of the kind before it.
  private struct Information {
    private var last: Int?
    private(set) var alone = 0
    private(set) var following = 0

    mutating func take(_ byte: UInt8) {
      let kind = LiteralRarity.kinds[Int(byte)]
      let within = kind < 26 ? 0 : LiteralRarity.withinKind[kind - 26]
      alone = Int(LiteralRarity.table[kind]) + within
      following = last.map { Int(LiteralRarity.table[($0 + 1) * LiteralRarity.kindCount + kind]) + within } ?? alone
      last = kind
    }
  }

  /// The part of a literal, as long as literals may be or the whole, that is rarest.
  static func rarestPart(of literal: Literal) -> Range<Int> {
    let count = literal.bytes.count
    let longest = Literal.longest
    guard count > longest else { return 0..<count }
    var information = Information()
    var alone: [Int] = []
    var following: [Int] = []
    for byte in literal.bytes {
      information.take(byte)
      alone.append(information.alone)
      following.append(information.following)
    }
    var sum = following[..<longest].reduce(0, +)
    var best = 0..<longest
    var most = sum
    for start in 1...(count - longest) {
      // The new first byte stands by itself now.
      sum += following[start + longest - 1] - following[start - 1]
      let here = sum - following[start] + alone[start]
      if here > most {
        most = here
        best = start..<start + longest
      }
    }
    return best
  }

  /// What it costs to look for all of these: coarse hits to be expected per byte of a log, and something for each literal.
  /// - Parameter bound: from where on the exact number doesn't matter.
  static func cost(of literals: [Literal], bound: Double) -> Double {
    var sum = 0.0
    for literal in literals {
      sum += cost(of: literal)
      if sum > bound { break }
    }
    return sum
  }

  /// How often one of the literals is to be expected per byte of a log.
  static func frequency(of literals: [Literal]) -> Double { literals.reduce(0) { $0 + expectation(of: $1).found } }

  private static func cost(of literal: Literal) -> Double {
    let (hits, found) = expectation(of: literal)
    // Too short to be searched by: every line is a hit, and the longer one looks better to people.
    guard literal.searchedBytes.count >= Literal.shortest else { return 1 + found }
    return hits + perLiteral + perSearch * found
  }

  /// Values of the last three positions, the latest last.
  private struct LastThree<Value> {
    private(set) var first: Value
    private(set) var second: Value
    private(set) var third: Value

    init(_ value: Value) { (first, second, third) = (value, value, value) }

    mutating func take(_ value: Value) { (first, second, third) = (second, third, value) }
  }

  /// Coarse hits of a literal, and literals, to be expected per byte of a log.
  private static func expectation(of literal: Literal) -> (hits: Double, found: Double) {
    let typical = TypicalGrams.counted
    let count = literal.bytes.count
    var information = Information()
    // What the bytes say by themselves, and after the one before.
    var alone = LastThree(0)
    var following = LastThree(0)
    var whole = literal.anchoredAtStart ? startInformation : 0
    var word = 0
    // The frequencies of the grams; the least of one, and of four side by side on average, of which one lies where the filter looks.
    var grams = LastThree(0.0)
    var rarest = 1.0
    var rarestFour = Double.infinity
    var bytes: UInt32 = 0
    for index in 0..<count {
      information.take(literal.bytes[index])
      if beginsWord(at: index, of: literal.bytes) {
        whole += min(word, mostPerWord)
        word = 0
      }
      word += information.following
      bytes = bytes >> 8 | UInt32(literal.bytes[index] | 0x20) << 24
      if index >= gram - 1 {
        let frequency = max(
          probability(alone.first + following.second + following.third + information.following), typical.frequency(folded: bytes))
        rarest = min(rarest, frequency)
        if index >= sampled - 1 { rarestFour = min(rarestFour, (grams.first + grams.second + grams.third + frequency) / 4) }
        grams.take(frequency)
      }
      alone.take(information.alone)
      following.take(information.following)
    }
    whole += min(word, mostPerWord)
    // What logs are full of is more frequent than its letters are.
    let found = max(probability(whole), typical.frequency(of: literal))
    // A newline before the literal makes its hits no more frequent, and is left out but where without it there is no gram.
    if count < gram { rarest = found }
    return (hits: count >= sampled ? rarestFour : rarest + atEveryByte, found: found)
  }

  /// Whether a word begins at a byte; what is no letter counts by itself.
  private static func beginsWord(at index: Int, of bytes: [UInt8]) -> Bool {
    guard index > 0, bytes[index].isASCIILetter, bytes[index - 1].isASCIILetter else { return true }
    return bytes[index] & 0x20 == 0 && bytes[index - 1] & 0x20 != 0  // as in AssertionError
  }

  /// Half bits of information in a word at most, about eight of a kind per megabyte: by pairs of letters `float` and `retries` would
  /// hardly ever occur.
  private static let mostPerWord = 34
  /// Half bits of information in being at the start of a segment: one byte of a hundred is.
  private static let startInformation = 13

  private static func probability(_ halfBits: Int) -> Double {
    halfBits < powers.count ? powers[halfBits] : 0
  }

  /// 2 to the power of minus n halves, without a logarithm in sight.
  private static let powers: [Double] = {
    var powers = [1.0, 0.5.squareRoot()]
    for half in 2..<128 { powers.append(powers[half - 2] / 2) }
    return powers
  }()
}
