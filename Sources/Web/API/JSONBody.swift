import Crypto
import Foundation
import Hummingbird

/// The one way in which values become JSON: keys sorted, so that the same value is the same bytes and has the same ETag.
enum JSONBody {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  static func response(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json; charset=utf-8"
  ) throws -> Response {
    let data = try encode(value)
    return Response(
      status: status, headers: [.contentType: type, .contentLength: String(data.count)],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
  }

  /// With an ETag, and 304 without a body where the asker has these very bytes.
  static func tagged(_ value: some Encodable, for request: Request) throws -> Response {
    let data = try encode(value)
    let tag = "\"\(SHA256.hash(data: data).prefix(16).map { String(format: "%02x", $0) }.joined())\""
    if isKnown(tag, to: request) {
      return Response(status: .notModified, headers: [.eTag: tag, .cacheControl: "private, no-cache"])
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/json; charset=utf-8", .contentLength: String(data.count), .eTag: tag,
        .cacheControl: "private, no-cache",
      ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
  }

  /// Whether who asks has what the tag is of.
  static func isKnown(_ tag: String, to request: Request) -> Bool {
    guard let known = request.headers[.ifNoneMatch] else { return false }
    return known == "*" || known.split(separator: ",").contains { same($0, tag) }
  }

  /// Weak comparison, as If-None-Match asks for (RFC 9110, 13.1.2).
  private static func same(_ known: Substring, _ tag: String) -> Bool {
    let known = known.trimmingCharacters(in: .whitespaces)
    return (known.hasPrefix("W/") ? String(known.dropFirst(2)) : known) == tag
  }
}
