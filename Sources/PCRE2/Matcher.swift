import CPCRE2

/// What one worker needs to run expressions: match data, limits and a stack for machine code. Not shared between threads.
@safe package struct Matcher: ~Copyable {
  private let data: OpaquePointer
  private let context: OpaquePointer
  /// For texts that are not UTF-8.
  private let lenientContext: OpaquePointer
  private let stack: OpaquePointer
  private let matchLimit: UInt32
  private let deadline: UnsafeMutablePointer<culprit_deadline>
  /// Pairs of start and end of the whole match and of each group, of the last match.
  private let ovector: UnsafeMutablePointer<Int>
  private let ovectorCount: Int

  /// - Parameters:
  ///   - mostCaptures: the largest number of groups among the expressions that will be run.
  ///   - matchLimit: PCRE2's match limit, counted anew from each start position.
  ///   - stackBytes: the most that machine code may use as stack.
  package init(mostCaptures: Int, matchLimit: UInt32, stackBytes: Int = 1 << 20) {
    // All of these return NULL only when memory is exhausted, and then there is no way on.
    let data = unsafe pcre2_match_data_create_8(UInt32(mostCaptures + 1), nil)!
    let context = unsafe pcre2_match_context_create_8(nil)!
    let lenientContext = unsafe pcre2_match_context_create_8(nil)!
    let stack = unsafe pcre2_jit_stack_create_8(min(32 * 1024, stackBytes), stackBytes, nil)!
    // The interpreter's limits: heap in KiB.
    unsafe pcre2_set_heap_limit_8(context, 64 * 1024)
    unsafe pcre2_set_heap_limit_8(lenientContext, 64 * 1024)
    unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    let deadline = UnsafeMutablePointer<culprit_deadline>.allocate(capacity: 1)
    unsafe deadline.initialize(to: culprit_deadline())
    unsafe culprit_pcre2_set_deadline(context, deadline)
    unsafe culprit_pcre2_set_deadline(lenientContext, deadline)
    self.matchLimit = matchLimit
    unsafe self.deadline = deadline
    unsafe self.data = data
    unsafe self.context = context
    unsafe self.lenientContext = lenientContext
    unsafe self.stack = stack
    unsafe ovector = pcre2_get_ovector_pointer_8(data)
    ovectorCount = Int(unsafe pcre2_get_ovector_count_8(data))
  }

  deinit {
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_match_context_free_8(context)
    unsafe pcre2_match_context_free_8(lenientContext)
    unsafe pcre2_jit_stack_free_8(stack)
    unsafe deadline.deallocate()
  }

  package enum Outcome: Equatable, Sendable {
    case match(Range<Int>)
    case noMatch
    case matchLimit
    case stackLimit
    /// The deadline has passed.
    case timeLimit
    /// Any other error of PCRE2, by its number.
    case error(Int32)
  }

  /// Which ends of the subject are not the ends of a line.
  package struct Edges: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let notBeginning = Edges(rawValue: 1)
    package static let notEnd = Edges(rawValue: 2)

    /// Whether the subject begins and ends where its line does.
    package init(isBeginning: Bool, isEnd: Bool) {
      rawValue = (isBeginning ? 0 : Edges.notBeginning.rawValue) | (isEnd ? 0 : Edges.notEnd.rawValue)
    }
  }

  /// Whether a text is UTF-8, and so may be searched by machine code.
  package static func isUTF8(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let base = unsafe text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
    return unsafe culprit_is_ascii(base, text.count) != 0 || String(validating: text, as: UTF8.self) != nil
  }

  /// How far a search goes before it is given up.
  package enum Effort: Sendable {
    /// PCRE2's match limit, counted anew from each start; the matcher's own if that is lower.
    case matchLimit(UInt32)
    /// CPU time of this thread; the match limit is a hundred times as high. Takes several times as long as a search without a deadline, and
    /// may outlast it by some milliseconds.
    case deadline(threadNanoseconds: UInt64)
  }

  /// Finds the leftmost match that starts at `start` or later.
  /// - Parameters:
  ///   - isUTF8: what `isUTF8(_:)` says of the subject, for those who make more than one search in it; nil to find out.
  ///   - start: a byte offset at the beginning of a character.
  ///   - lastStart: no match that starts after this offset is found; nil for no limit.
  package mutating func firstMatch(
    of regex: Regex, in subject: UnsafeRawBufferPointer, isUTF8: Bool? = nil, from start: Int, lastStart: Int? = nil,
    edges: Edges = [], effort: Effort = .matchLimit(.max)
  ) -> Outcome {
    var limit = matchLimit
    var ending = UInt64.max
    switch effort {
    case .matchLimit(let lower): limit = min(limit, lower)
    case .deadline(let nanoseconds):
      // Code that can be interrupted counts each step back of `.*`, which other machine code may not count at all. The deadline bounds it.
      limit = UInt32(clamping: 100 * UInt64(limit))
      ending = nanoseconds
    }
    unsafe deadline.pointee.thread_nanoseconds = ending
    // `\C` can end a match within a character, and machine code takes where it begins for the beginning of one.
    let isWithinCharacter = unsafe start < subject.count && subject[start] & 0xC0 == 0x80
    guard !regex.isInterpreted, unsafe isUTF8 ?? Matcher.isUTF8(subject), !isWithinCharacter else {
      guard let code = unsafe regex.lenientCode() else { return .error(PCRE2_ERROR_BADDATA) }
      unsafe pcre2_set_match_limit_8(lenientContext, limit)
      return unsafe search(code, subject, from: start, lastStart: lastStart, edges: edges, options: 0, lenientContext)
    }
    guard let code = unsafe ending == .max ? regex.machineCode() : regex.interruptibleCode() else {
      return .error(PCRE2_ERROR_BADDATA)
    }
    unsafe pcre2_set_match_limit_8(context, limit)
    return unsafe search(
      code, subject, from: start, lastStart: lastStart, edges: edges, options: culprit_pcre2_no_utf_check, context)
  }

  private func search(
    _ code: OpaquePointer, _ subject: UnsafeRawBufferPointer, from start: Int, lastStart: Int?, edges: Edges, options: UInt32,
    _ context: OpaquePointer
  ) -> Outcome {
    var options = options
    if edges.contains(.notBeginning) { options |= culprit_pcre2_notbol }
    if edges.contains(.notEnd) { options |= culprit_pcre2_noteol }
    unsafe pcre2_set_offset_limit_8(context, lastStart ?? culprit_pcre2_unset())
    // An empty buffer may have no address; PCRE2 wants one.
    let result = unsafe withUnsafePointer(to: UInt8(0)) { nothing in
      unsafe pcre2_match_8(
        code, subject.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing, subject.count, start, options, data, context)
    }
    if result >= 0 {
      // Machine code may try the next start where the last one allowed lies within a character. (`\K` moves what `ovector` has.)
      if let lastStart, unsafe Int(pcre2_get_startchar_8(data)) > lastStart { return .noMatch }
      let from = unsafe ovector[0]
      let to = unsafe ovector[1]
      // A mistake in PCRE2 must not become a read of what is behind the subject.
      guard max(from, to) <= subject.count else { return .error(PCRE2_ERROR_INTERNAL) }
      // `\K` in a lookahead can set the start behind the end; PCRE2 leaves it to the caller to make sense of it.
      return .match(min(from, to)..<max(from, to))
    }
    switch result {
    case PCRE2_ERROR_NOMATCH: return .noMatch
    case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT: return .matchLimit
    case PCRE2_ERROR_JIT_STACKLIMIT: return .stackLimit
    case PCRE2_ERROR_CALLOUT: return .timeLimit
    default: return .error(result)
    }
  }

  /// A group of the last match, as byte offsets; nil if it took no part.
  package func group(_ number: Int) -> Range<Int>? {
    guard number < ovectorCount else { return nil }
    let from = unsafe ovector[2 * number]
    let to = unsafe ovector[2 * number + 1]
    guard from != culprit_pcre2_unset(), to != culprit_pcre2_unset(), from <= to else { return nil }
    return from..<to
  }

  /// CPU time of the calling thread, in nanoseconds. Costs a system call.
  package static func threadNanoseconds() -> UInt64 { culprit_thread_nanoseconds() }
  /// A monotonic clock, in nanoseconds, that is cheap to read and advances in steps of some milliseconds.
  package static func coarseNanoseconds() -> UInt64 { culprit_coarse_nanoseconds() }
}
