import Analysis
import CPCRE2
import Model
import PCRE2

/// Each expression in each segment of the state machine, leftmost first: what a scan must find.
///
/// With nothing of ours between it and PCRE2, and without machine code: PCRE2's interpreter with `PCRE2_MATCH_INVALID_UTF`, which is what
/// the documentation promises. Of a segment that comes in windows each is searched from where the search in the one before ended.
struct PlainLoop: ~Copyable, SegmentSink {
  private(set) var found = FindingDigests()
  /// Patterns that PCRE2 has given up somewhere.
  private(set) var undecided: Set<PatternID> = []
  private var expressions: [Expression]
  private let context = pcre2_match_context_create_8(nil)

  private struct Expression {
    let pattern: PatternID
    let code: OpaquePointer
    let data: OpaquePointer
    let groups: Int
    /// Where in the segment the search goes on.
    var next = 0
  }

  private init(_ patterns: [Pattern], matchLimit: UInt32, keepsTexts: Bool) {
    found = FindingDigests(keepsTexts: keepsTexts)
    expressions = patterns.compactMap { pattern in
      guard let text = pattern.definition.matcher.expressions.first, let code = Self.compile(text) else { return nil }
      guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { return nil }
      return Expression(
        pattern: pattern.id, code: code, data: data, groups: Int(pcre2_get_ovector_count_8(data)) - 1)
    }
    pcre2_set_match_limit_8(context, matchLimit)
    pcre2_set_heap_limit_8(context, 64 * 1024)
  }

  deinit {
    for expression in expressions {
      pcre2_match_data_free_8(expression.data)
      pcre2_code_free_8(expression.code)
    }
    pcre2_match_context_free_8(context)
  }

  private static func compile(_ expression: String) -> OpaquePointer? {
    var error: CInt = 0
    var offset = 0
    var flags = culprit_pcre2_utf | culprit_pcre2_match_invalid_utf
    // As documented, but where a verb says what becomes of the starts that are passed over, or only one start is tried.
    if (try? Regex(expression))?.searching == .divisible { flags |= culprit_pcre2_no_start_optimize }
    return Array(expression.utf8).withUnsafeBufferPointer {
      pcre2_compile_8($0.baseAddress, $0.count, flags, &error, &offset, nil)
    }
  }

  /// - Parameters:
  ///   - patterns: each with a `match`.
  ///   - keepsTexts: whether it is to be told what was found, not only whether it is the same.
  static func scan(
    _ log: [UInt8], _ patterns: [Pattern], matchLimit: UInt32, limits: ScanLimits, keepsTexts: Bool = false
  ) -> (found: FindingDigests, undecided: Set<PatternID>) {
    var loop = PlainLoop(patterns, matchLimit: matchLimit, keepsTexts: keepsTexts)
    let longestLookbehind = patterns.flatMap(\.definition.matcher.expressions).compactMap { try? Regex($0).longestLookbehind }.max()
    var cleaner = LogCleaner(limits: limits, contextBytes: max(1_024, 4 * (longestLookbehind ?? 0)))
    log.withUnsafeBytes { cleaner.clean($0, into: &loop) }
    cleaner.finish(into: &loop)
    return (loop.found, loop.undecided)
  }

  mutating func take(_ piece: SegmentPiece) {
    for index in expressions.indices {
      if piece.isFirst { expressions[index].next = 0 }
      expressions[index].next = search(expressions[index], piece)
    }
  }

  /// Returns where in the segment the search in its next piece goes on.
  private mutating func search(_ expression: Expression, _ piece: SegmentPiece) -> Int {
    let text = piece.bytes
    let edges = (piece.isFirst ? 0 : culprit_pcre2_notbol) | (piece.isLast ? 0 : culprit_pcre2_noteol)
    let lastStart = piece.isLast ? text.count : text.count - piece.overlap - 1
    var from = max(piece.context, expression.next - piece.offset)
    while !piece.isFirst, from < text.count, text[from] & 0xC0 == 0x80 { from += 1 }
    while from <= lastStart {
      let result = pcre2_match_8(
        expression.code, text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count, from, edges, expression.data, context)
      guard result >= 0 else {
        if result != PCRE2_ERROR_NOMATCH { undecided.insert(expression.pattern) }
        break
      }
      guard let ends = pcre2_get_ovector_pointer_8(expression.data), pcre2_get_startchar_8(expression.data) <= lastStart else {
        break
      }
      let range = min(ends[0], ends[1])..<max(ends[0], ends[1])
      var captures: [Finding.Capture] = []
      for group in 0..<expression.groups {
        let (start, end) = (ends[2 * group + 2], ends[2 * group + 3])
        guard start != culprit_pcre2_unset(), start <= end else { continue }
        captures.append(Finding.Capture(number: group + 1, value: Self.text(text[start..<end])))
      }
      found.add(
        Finding(
          pattern: expression.pattern, line: piece.line, segment: piece.segment, start: piece.offset + range.lowerBound,
          end: piece.offset + range.upperBound, captures: captures, matched: Self.text(text[range]), text: ""))
      var next = range.isEmpty ? range.upperBound + 1 : range.upperBound
      while range.isEmpty, next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
      from = max(next, from + (next > from ? 0 : 1))
    }
    return piece.offset + from
  }

  /// As much of it as a finding keeps: whole characters.
  private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    var end = bytes.endIndex
    if bytes.count > ScanLimits.captureBytes {
      end = bytes.startIndex + ScanLimits.captureBytes
      while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  mutating func endLine(_ line: Int) {}
}
