import Foundation
import Hummingbird

/// Names and values, as queries and forms carry them, or as one flat object of JSON.
enum FormText {
  /// The field that proves that a form is ours.
  static let tokenField = "form_token"
  /// The largest form, in bytes: a whole pattern file with its examples fits.
  static let largest = 256 << 10
  private static let mostFields = 64

  /// `a=1&b=x+y` (WHATWG URL, 5.1).
  ///
  /// - Parameter strict: whether a name that is given twice is an error; else the last counts.
  static func decode(_ text: some StringProtocol, strict: Bool = false) throws -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else {
        throw WebError(.badRequest, "the address or form is not encoded well")
      }
      if fields.updateValue(value, forKey: name) != nil, strict {
        throw WebError(.badRequest, "\(name) is given twice", field: name)
      }
      guard fields.count <= mostFields else { throw WebError(.badRequest, "more than \(mostFields) values are given") }
    }
    return fields
  }

  private static func decoded(_ text: Substring) -> String? { text.replacing("+", with: " ").removingPercentEncoding }
  private static func decoded(_ text: some StringProtocol) -> String? { decoded(Substring(text)) }

  /// The fields of a form.
  ///
  /// - Throws: `WebError` if the body is too large, of another type, or not what its type says.
  static func fields(of request: Request) async throws -> [String: String] {
    try decode(String(decoding: try await body(of: request, type: "application/x-www-form-urlencoded"), as: UTF8.self))
  }

  /// The members of an object of JSON.
  ///
  /// - Throws: as `fields`.
  static func members(of request: Request) async throws -> [String: Scalar] {
    let data = try await body(of: request, type: "application/json")
    let members: [String: Scalar]
    do {
      members = try JSONDecoder().decode([String: Scalar].self, from: data)
    } catch {
      throw WebError(.badRequest, "the body must be one object of JSON whose values are texts, numbers, true or false")
    }
    guard members.count <= mostFields else { throw WebError(.badRequest, "more than \(mostFields) values are given") }
    return members
  }

  /// A body in UTF-8 of the type that is expected.
  private static func body(of request: Request, type expected: String) async throws -> Data {
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
    guard String(data: data, encoding: .utf8) != nil else { throw WebError(.badRequest, "the body is not UTF-8") }
    return data
  }

  /// A value of a flat object. Null is as if it weren't there.
  enum Scalar: Decodable, Sendable {
    case null
    case text(String)
    case number(String)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .flag(value)
      } else if let value = try? container.decode(Int.self) {
        self = .number(String(value))
      } else if let value = try? container.decode(Double.self) {
        self = .number(String(value))
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }
}
