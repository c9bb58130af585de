/// Why an expression could not be compiled.
package struct PCRE2Error: Error, Equatable, CustomStringConvertible {
  /// PCRE2's own words, without the expression.
  package let message: String
  /// Where in the expression, in bytes.
  package let offset: Int

  package var description: String { "\(message) (at byte \(offset) of the expression)" }
}
