import Crypto

/// Marked logs are split in two by their names, so that patterns can be improved on one half and measured on the other.
package enum MarkHalf: String, Sendable, CaseIterable {
  case development
  case heldOut = "held-out"

  /// Development if the last byte of the SHA-256 of the log's name, as the marks spell it, is even.
  package init(log: String) {
    let last = Array(SHA256.hash(data: Array(log.utf8))).last ?? 0
    self = last.isMultiple(of: 2) ? .development : .heldOut
  }
}
