import CPCRE2
import Synchronization

/// A compiled PCRE2 expression: UTF on, invalid UTF-8 tolerated, translated to machine code where PCRE2 can.
///
/// Once it is known to be an expression it is compiled anew for what it is needed for, in up to three forms. For texts that are UTF-8 there
/// is machine code; for others, which are rare, there is what PCRE2 interprets. For the machine code that PCRE2 10.42 makes for invalid
/// UTF-8 is wrong: `(?i)[^s]` takes a broken byte at the end of the text for a character of four bytes, most of them behind the end; and
/// `\S`, `\W` and `\D` match no `૪`. And there is machine code that looks at a deadline before each item of the expression, which takes
/// several times as long. All forms find the same.
///
/// Any number of threads may share one; what a match writes to belongs to a `Matcher`. A form is made when it is first needed: of a
/// thousand patterns, most are never searched for in a log.
@safe package final class Regex: @unchecked Sendable {
  // `@unchecked Sendable`: pcre2api(3), "Multithreading": compiled code is read-only once JIT compilation is done, which a `Form` does
  // under its lock, before it gives the code away.
  let code: OpaquePointer
  private let machine = Form()
  private let interruptible = Form()
  private let lenient = Form()
  private let expression: [UInt8]
  private let flags: UInt32
  /// The most characters that a lookbehind looks back, `\b` included.
  package let longestLookbehind: Int
  /// Number of capturing groups, without the whole match.
  package let captureCount: Int
  /// Bytes of what PCRE2 made of it, before machine code: repetitions and what else is written short in the expression is long here.
  package let compiledBytes: Int
  /// Name of each named group by its number. Several groups may share a name.
  package let names: [Int: String]
  /// Whether the expression is machine code for texts that are UTF-8; otherwise PCRE2 interprets it.
  package var isJIT: Bool { unsafe !isInterpreted && culprit_pcre2_jit_size(machineCode()) > 0 }
  /// Whether it is interpreted whatever the text is: it holds a backtracking verb, of which machine code knows less.
  package let isInterpreted: Bool
  /// Whether one search may be made as several, each for a range of starts.
  package let searching: Searching

  /// Whether the match limit may not see what the expression does: PCRE2's machine code counts a group that is repeated possessively once,
  /// however often it is run. It may be said of an expression without such a group.
  package let hasUncountedLoops: Bool

  /// How PCRE2 looks for the start of a match.
  package enum Searching: Sendable {
    /// Any start is tried on its own, so that a search may be resumed at a later one as if it had never been interrupted.
    case divisible
    /// Only the start of the subject is tried: the expression is anchored, or begins with `.*`.
    case singleStart
    /// What happens at one start depends on others, or on where the search begins: `\G`, backtracking verbs, `(*NOTEMPTY_ATSTART)`.
    case indivisible
  }

  package struct Options: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Letters match whatever their case, by Unicode's simple case folding.
    package static let ignoreCase = Options(rawValue: 1)
    /// The expression is a plain string.
    package static let literal = Options(rawValue: 2)
  }

  /// Longest expression that is compiled, in bytes.
  package static let longestExpression = 64 * 1024

  /// - Throws: `PCRE2Error` if the expression isn't one, or begins with a setting that is refused.
  package init(_ expression: String, options: Options = []) throws(PCRE2Error) {
    guard expression.utf8.count <= Regex.longestExpression else {
      throw PCRE2Error(message: "the expression is longer than \(Regex.longestExpression) bytes", offset: Regex.longestExpression)
    }
    var flags = culprit_pcre2_utf | culprit_pcre2_use_offset_limit
    if options.contains(.ignoreCase) { flags |= culprit_pcre2_caseless }
    if options.contains(.literal) {
      // PCRE2_LITERAL allows a handful of other options; the limit on start offsets is among them since 10.30.
      flags |= culprit_pcre2_literal
    }
    var errorCode: CInt = 0
    var errorOffset = 0
    let pattern = Array(expression.utf8)
    if !options.contains(.literal), let refusal = Regex.refusal(of: pattern) { throw refusal }
    let compiled = unsafe pattern.withUnsafeBufferPointer { buffer in
      unsafe pcre2_compile_8(buffer.baseAddress, buffer.count, flags, &errorCode, &errorOffset, nil)
    }
    guard let compiled = unsafe compiled else {
      throw PCRE2Error(message: Regex.message(of: errorCode), offset: errorOffset)
    }
    unsafe code = compiled
    self.expression = pattern
    self.flags = flags
    captureCount = Int(unsafe Regex.info(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT)))
    longestLookbehind = Int(unsafe Regex.info(compiled, UInt32(PCRE2_INFO_MAXLOOKBEHIND)))
    compiledBytes = unsafe culprit_pcre2_size(compiled)
    names = unsafe Regex.readNames(compiled)
    let anchored = unsafe Regex.info(compiled, UInt32(PCRE2_INFO_ALLOPTIONS)) & UInt32(PCRE2_ANCHORED) != 0
    let startOfLineOnly = unsafe Regex.info(compiled, UInt32(PCRE2_INFO_FIRSTCODETYPE)) == 2
    hasUncountedLoops = !options.contains(.literal) && Regex.hasPossessiveGroup(pattern)
    let beginning = options.contains(.literal) ? Beginning() : Regex.beginning(of: pattern)
    isInterpreted = beginning.hasVerbs
    if options.contains(.literal) {
      searching = .divisible
    } else if beginning.hasVerbs || beginning.mindsWhereSearchesBegin || Regex.holds("\\", "G", in: pattern) {
      searching = .indivisible
    } else {
      searching = anchored || startOfLineOnly ? .singleStart : .divisible
    }
  }

  /// Whether the two follow each other anywhere. The library's search for a sequence takes longer than compiling the expression.
  private static func holds(_ first: Unicode.Scalar, _ second: Unicode.Scalar, in bytes: [UInt8]) -> Bool {
    bytes.indices.dropLast().contains { bytes[$0] == UInt8(ascii: first) && bytes[$0 + 1] == UInt8(ascii: second) }
  }

  /// Whether `*+`, `++` or `{…}+` stands behind a closing parenthesis, be there blanks or a comment between; or may do.
  private static func hasPossessiveGroup(_ expression: [UInt8]) -> Bool {
    var mayQuantify = false
    var isQuantified = false
    for byte in expression {
      switch byte {
      case UInt8(ascii: ")"): (mayQuantify, isQuantified) = (true, false)
      case UInt8(ascii: "+") where isQuantified: return true
      case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "}"): isQuantified = mayQuantify
      case UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x09...0x0D, 0x20: break
      case UInt8(ascii: "\\"), UInt8(ascii: "E"), UInt8(ascii: "Q"): break  // `\E`, which is nothing; or `\Q\E`
      case UInt8(ascii: "#") where mayQuantify: return true  // a comment, perhaps, and nobody knows where it ends
      default: (mayQuantify, isQuantified) = (false, false)
      }
    }
    return false
  }

  deinit { unsafe pcre2_code_free_8(code) }

  // MARK: - Forms

  /// The expression for texts that are UTF-8, as machine code, unless PCRE2 can't translate it.
  func machineCode() -> OpaquePointer {
    unsafe machine.code { unsafe translated(withoutStarts) } ?? code
  }

  /// The same, as code that can be interrupted; nil where PCRE2 refuses.
  func interruptibleCode() -> OpaquePointer? {
    unsafe interruptible.code { unsafe translated(withoutStarts | culprit_pcre2_auto_callout) }
  }

  /// The expression for texts that are not UTF-8, where nothing matches what is no character; never machine code. It can be interrupted,
  /// unless PCRE2 refuses that; then its match limit counts all that it does.
  func lenientCode() -> OpaquePointer? {
    unsafe lenient.code {
      let flags = withoutStarts | culprit_pcre2_match_invalid_utf
      return unsafe compiled(flags | culprit_pcre2_auto_callout) ?? compiled(flags)
    }
  }

  /// Whether searches in texts that are UTF-8 can be interrupted. PCRE2 refuses code of more than 64 KiB, and what interrupts it takes six
  /// bytes for each item of the expression, repetitions written out.
  package var canBeInterrupted: Bool { unsafe interruptibleCode() != nil }

  /// Makes the form that a search needs. Some milliseconds for the largest ones, so whoever measures a search calls it first.
  package func prepare(isUTF8: Bool, interruptible: Bool) {
    if !isUTF8 || isInterpreted {
      _ = unsafe lenientCode()
    } else if interruptible {
      _ = unsafe interruptibleCode()
    } else {
      _ = unsafe machineCode()
    }
  }

  /// What PCRE2 10.42 notes of how a match may start is wrong: it takes `(?=a)b?a` for two characters at least, and with it machine code
  /// misses `(?:ab|a).*bc` in `abc`. So all forms are made without, or which one is run would decide what is found. Nothing else is found
  /// without, except where a verb says what becomes of the starts that are passed over; there is no machine code for these. Where only the
  /// start of the line is tried, all starts would be.
  private var withoutStarts: UInt32 { isInterpreted || searching == .singleStart ? 0 : culprit_pcre2_no_start_optimize }

  /// The expression, which compiled before, once more with further options.
  private func compiled(_ options: UInt32) -> OpaquePointer? {
    var errorCode: CInt = 0
    var errorOffset = 0
    return unsafe expression.withUnsafeBufferPointer { buffer in
      unsafe pcre2_compile_8(buffer.baseAddress, buffer.count, flags | options, &errorCode, &errorOffset, nil)
    }
  }

  private func translated(_ options: UInt32) -> OpaquePointer? {
    let code = unsafe compiled(options)
    // A refusal is no error: PCRE2 interprets what it can't translate.
    if let code = unsafe code { _ = unsafe pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE)) }
    return unsafe code
  }

  /// Code that is made when it is first asked for, once.
  @safe private final class Form: @unchecked Sendable {
    /// Written to once, under the lock, before `isMade` is set.
    nonisolated(unsafe) private var code: OpaquePointer?
    private let isMade = Atomic(false)
    private let making = Mutex(())

    func code(_ make: () -> OpaquePointer?) -> OpaquePointer? {
      if !isMade.load(ordering: .acquiring) {
        making.withLock { _ in
          if isMade.load(ordering: .relaxed) { return }
          unsafe code = make()
          isMade.store(true, ordering: .releasing)
        }
      }
      return unsafe code
    }

    deinit { unsafe pcre2_code_free_8(code) }
  }

  // MARK: - What PCRE2 says of it

  private static func info(_ code: OpaquePointer, _ what: UInt32) -> UInt32 {
    var value: UInt32 = 0
    _ = unsafe culprit_pcre2_info_u32(code, what, &value)
    return value
  }

  /// Reads the name table: fixed-size entries of a big-endian group number and a zero-terminated name (pcre2api(3)).
  private static func readNames(_ code: OpaquePointer) -> [Int: String] {
    let count = Int(unsafe info(code, UInt32(PCRE2_INFO_NAMECOUNT)))
    let size = Int(unsafe info(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE)))
    var table: UnsafePointer<UInt8>?
    guard count > 0, unsafe culprit_pcre2_name_table(code, &table) == 0, let table = unsafe table else { return [:] }
    var names: [Int: String] = [:]
    for entry in 0..<count {
      let bytes = unsafe UnsafeBufferPointer(start: table + entry * size, count: size)
      let number = unsafe Int(bytes[0]) << 8 | Int(bytes[1])
      names[number] = unsafe String(decoding: bytes[2...].prefix { $0 != 0 }, as: UTF8.self)
    }
    return names
  }

  static func message(of code: CInt) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = unsafe buffer.withUnsafeMutableBufferPointer { unsafe pcre2_get_error_message_8(code, $0.baseAddress, $0.count) }
    guard length > 0 else { return "PCRE2 error \(code)" }
    return String(decoding: buffer[..<Int(length)], as: UTF8.self)
  }
}
