import Crypto
import Foundation

/// How senders of webhooks prove themselves. Everything is compared in constant time.
enum WebhookSignature {
  /// Whether the code, in hexadecimal, is the HMAC-SHA256 of the bytes by the secret (RFC 2104).
  static func isCode(_ code: some StringProtocol, of bytes: [UInt8], secret: String) -> Bool {
    guard !secret.isEmpty, let code = Self.bytes(hexadecimal: code), code.count == SHA256.byteCount else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: SymmetricKey(data: Data(secret.utf8)))
  }

  /// Whether two texts are the same. Their digests are compared, so that not even the length shows in the time it takes.
  static func isSame(_ token: String?, secret: String) -> Bool {
    guard let token, !secret.isEmpty else { return false }
    return SHA256.hash(data: Data(token.utf8)) == SHA256.hash(data: Data(secret.utf8))
  }

  /// Names a delivery by its body where the sender gives no id.
  static func digest(_ body: [UInt8]) -> String {
    "sha256:" + SHA256.hash(data: body).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// An id that the sender gave, if it may be one.
  static func checkedID(_ id: String?) -> String? {
    guard let id, (1...100).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    return id
  }

  private static func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
