import Foundation

/// Reads the JSON of answers and events: members that aren't asked for are passed over, those that are needed must be there.
enum StrictJSON {
  /// What is wrong, in words that name the member and hold nothing of the text.
  struct Problem: Error, Equatable {
    let what: String
  }

  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some DataProtocol) throws(Problem) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch DecodingError.keyNotFound(let key, let context) {
      throw Problem(what: "\(name(context.codingPath + [key])) is missing")
    } catch DecodingError.valueNotFound(_, let context) {
      throw Problem(what: "\(name(context.codingPath)) is null")
    } catch DecodingError.typeMismatch(_, let context) {
      throw Problem(what: "\(name(context.codingPath)) is of another type")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw Problem(what: "\(name(context.codingPath)) has no such value")
    } catch {
      throw Problem(what: "it is no JSON")
    }
  }

  /// Sorted by key, so that equal values give equal bytes.
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  private static func name(_ path: [any CodingKey]) -> String {
    var text = ""
    for key in path {
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
    return text.isEmpty ? "the whole" : text
  }
}
