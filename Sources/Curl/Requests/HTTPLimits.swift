/// How large an answer may be.
package struct HTTPLimits: Sendable {
  /// Bytes of the decoded body.
  package var bodyBytes = 16 << 20
  /// Bytes of the decoded body of an answer other than 2xx; the rest is thrown away.
  package var errorBodyBytes = 64 << 10
  /// Bytes of all header fields.
  package var headerBytes = 64 << 10
  /// Number of header fields.
  package var headerFields = 256
  /// How many redirects are followed; nil: none, and what would be one is the answer.
  package var redirects: Int? = 10

  package init() {}
}
