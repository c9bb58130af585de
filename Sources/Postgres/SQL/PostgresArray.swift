import Foundation

/// Arrays, bound to `$1::bigint[]` and the like, for `unnest` and `= ANY`; and `bytea`, which is `[UInt8]`.
///
/// The binary form (`array_send`): dimensions, whether there are nulls, the element's type, then per dimension its length
/// and lower bound, then the elements, each behind its length.
extension Array: PostgresEncodable where Element: PostgresArrayElement {
  package static var postgresType: PostgresType { Element.postgresArrayType }
  package func encode(into buffer: inout [UInt8]) throws(PostgresValueProblem) {
    try Element.encodeArray(self, into: &buffer)
  }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    self = try Element.decodeArray(type, bytes)
  }
}

extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
  package static func encodeArray(_ elements: [Self], into buffer: inout [UInt8]) throws(PostgresValueProblem) {
    guard let count = Int32(exactly: elements.count) else {
      throw PostgresValueProblem("the array has more elements than PostgreSQL can hold")
    }
    buffer.append(bigEndian: Int32(count == 0 ? 0 : 1))
    buffer.append(bigEndian: Int32(elements.contains { $0.isNull } ? 1 : 0))
    buffer.append(bigEndian: postgresType.rawValue)
    guard count > 0 else { return }
    buffer.append(bigEndian: count)
    buffer.append(bigEndian: Int32(1))
    for element in elements {
      try buffer.append(counted: element)
    }
  }

  package static func decodeArray(_ type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) -> [Self] {
    // Which types are arrays isn't known from their ids, so a value that can't be one is told by its form.
    var cursor = ByteCursor()
    guard let dimensions = cursor.next(Int32.self, in: bytes), cursor.next(Int32.self, in: bytes) != nil,
      let element = cursor.next(UInt32.self, in: bytes), dimensions == 0 || dimensions == 1
    else { throw .mismatch(type, [Self].self) }
    guard dimensions == 1 else { return [] }
    guard let count = cursor.next(Int32.self, in: bytes), cursor.next(Int32.self, in: bytes) != nil, count >= 0
    else {
      throw .mismatch(type, [Self].self)
    }

    var elements: [Self] = []
    elements.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let length = cursor.next(Int32.self, in: bytes) else { throw .mismatch(type, [Self].self) }
      if length < 0 {
        elements.append(try Self.null())
      } else {
        guard let value = cursor.next(count: Int(length), in: bytes) else { throw .mismatch(type, [Self].self) }
        elements.append(try Self(postgres: PostgresType(rawValue: element), bytes.extracting(value)))
      }
    }
    return elements
  }
}

/// `[UInt8]` is `bytea`.
extension UInt8: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .bytea }

  package static func encodeArray(_ elements: [UInt8], into buffer: inout [UInt8]) {
    buffer.append(contentsOf: elements)
  }

  package static func decodeArray(_ type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) -> [UInt8] {
    guard type == .bytea else { throw .mismatch(type, [UInt8].self) }
    // The bytes are copied while the span keeps them alive.
    return unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}

extension Array: PostgresArrayElement where Element == UInt8 {
  package static var postgresArrayType: PostgresType { .byteaArray }
}

extension Bool: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .booleanArray }
}

extension Int16: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .smallintArray }
}

extension Int32: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .integerArray }
}

extension Int64: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .bigintArray }
}

extension Int: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .bigintArray }
}

extension Double: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .doublePrecisionArray }
}

extension String: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .textArray }
}

extension Date: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .timestamptzArray }
}

extension UUID: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { .uuidArray }
}

extension Optional: PostgresArrayElement
where Wrapped: PostgresArrayElement & PostgresEncodable & PostgresDecodable {
  package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}
