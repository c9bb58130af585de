import Foundation
import Hummingbird

/// Names and values, as queries and forms carry them, or as one flat object of JSON.
enum FormText {
  /// The field that proves that a form is ours.
  static let tokenField = "form_token"
  /// The largest form, in bytes: a whole pattern file with its examples fits.
  static let largest = 256 << 10
  private static let mostFields = 64

  /// `a=1&b=x+y` (WHATWG URL, 5.1). Of a name that is given twice the last counts.
  static func decode(_ text: some StringProtocol) throws -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else {
        throw WebError(.badRequest, "the address or form is not encoded well")
      }
      fields[name] = value
      guard fields.count <= mostFields else { throw WebError(.badRequest, "more than \(mostFields) values are given") }
    }
    return fields
  }

  private static func decoded(_ text: Substring) -> String? { text.replacing("+", with: " ").removingPercentEncoding }
  private static func decoded(_ text: some StringProtocol) -> String? { decoded(Substring(text)) }

  /// The fields of a body.
  ///
  /// - Throws: `WebError` if the body is too large, of another type, or not what its type says.
  static func fields(of request: Request, asJSON: Bool) async throws -> [String: String] {
    let expected = asJSON ? "application/json" : "application/x-www-form-urlencoded"
    let type = request.headers[.contentType]?.split(separator: ";").first.map {
      $0.trimmingCharacters(in: .whitespaces).lowercased()
    }
    guard type == expected else { throw WebError(.unsupportedMediaType, "the body must be \(expected)") }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: largest)
    } catch {
      throw WebError(.contentTooLarge, "the body is larger than \(largest) bytes, or was cut off")
    }
    let data = Data(body.readableBytesView)
    guard let text = String(data: data, encoding: .utf8) else { throw WebError(.badRequest, "the body is not UTF-8") }
    guard asJSON else { return try decode(text) }
    let fields: [String: Scalar]
    do {
      fields = try JSONDecoder().decode([String: Scalar].self, from: data)
    } catch {
      throw WebError(.badRequest, "the body must be one object of JSON whose values are texts, numbers, yes or no")
    }
    guard fields.count <= mostFields else { throw WebError(.badRequest, "more than \(mostFields) values are given") }
    return fields.compactMapValues(\.text)
  }

  /// A text, number, yes or no; null is as if it weren't there.
  private struct Scalar: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        text = nil
      } else if let value = try? container.decode(Bool.self) {
        text = String(value)
      } else if let value = try? container.decode(Int.self) {
        text = String(value)
      } else if let value = try? container.decode(Double.self) {
        text = String(value)
      } else {
        text = try container.decode(String.self)
      }
    }
  }
}
