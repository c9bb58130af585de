import CPCRE2

/// What everything is compared with: each line, each expression, PCRE2's machine code.
final class PlainLoop {
  private var codes: [OpaquePointer] = []
  private let data: OpaquePointer
  private let context: OpaquePointer
  private let stack: OpaquePointer

  init(_ expressions: [String]) {
    data = pcre2_match_data_create_8(64, nil)
    context = pcre2_match_context_create_8(nil)
    stack = pcre2_jit_stack_create_8(32 * 1024, 1 << 20, nil)
    pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    for expression in expressions {
      var error: CInt = 0
      var offset = 0
      let bytes = Array(expression.utf8)
      guard
        let code = pcre2_compile_8(bytes, bytes.count, culprit_pcre2_utf | culprit_pcre2_match_invalid_utf, &error, &offset, nil)
      else {
        fatalError("PCRE2 rejects \(expression)")
      }
      pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
      codes.append(code)
    }
  }

  deinit {
    for code in codes { pcre2_code_free_8(code) }
    pcre2_match_data_free_8(data)
    pcre2_match_context_free_8(context)
    pcre2_jit_stack_free_8(stack)
  }

  /// Number of matches in a cleaned log.
  func scan(_ text: UnsafeRawBufferPointer) -> Int {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self), let ovector = pcre2_get_ovector_pointer_8(data) else {
      return 0
    }
    var matches = 0
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      for code in codes {
        var from = 0
        while from <= end - start, pcre2_jit_match_8(code, base + start, end - start, from, 0, data, context) >= 0 {
          matches += 1
          from = ovector[1] > from ? ovector[1] : from + 1
          // The machine code trusts that a search begins with a character.
          while from < end - start, base[start + from] & 0xC0 == 0x80 { from += 1 }
        }
      }
      start = end + 1
    }
    return matches
  }
}
