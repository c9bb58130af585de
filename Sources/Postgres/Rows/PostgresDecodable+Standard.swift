import Foundation

extension FixedWidthInteger where Self: PostgresDecodable {
  /// Reads `smallint`, `integer`, `bigint` or `oid`.
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    let wide: Int64? =
      switch type {
      case .smallint: Int16(all: bytes).map(Int64.init)
      case .integer: Int32(all: bytes).map(Int64.init)
      case .bigint: Int64(all: bytes)
      case .oid: UInt32(all: bytes).map(Int64.init)
      default: nil
      }
    guard let wide else { throw .mismatch(type, Self.self) }
    guard let value = Self(exactly: wide) else { throw .outOfRange(type, Self.self) }
    self = value
  }
}

extension Int16: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int: PostgresDecodable {}

extension Bool: PostgresDecodable {
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    guard type == .boolean, let value = UInt8(all: bytes) else { throw .mismatch(type, Bool.self) }
    self = value != 0
  }
}

extension Double: PostgresDecodable {
  /// Reads `double precision` or `real`.
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    if type == .doublePrecision, let bits = UInt64(all: bytes) {
      self.init(bitPattern: bits)
    } else if type == .real, let bits = UInt32(all: bytes) {
      self.init(Float(bitPattern: bits))
    } else {
      throw .mismatch(type, Double.self)
    }
  }
}

extension String: PostgresDecodable {
  /// Reads text, JSON, XML, enum labels, and an `int8multirange` as PostgreSQL writes it.
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    if type.isPlainText {
      self = try Self.decode(bytes, of: type)
    } else if type == .jsonb, bytes.byteCount > 0 {
      // The first byte is the version of jsonb's binary form, 1.
      self = try Self.decode(bytes.extracting(droppingFirst: 1), of: type)
    } else if type == .int8multirange {
      self = try Self.decode(multirange: bytes)
    } else {
      throw .mismatch(type, String.self)
    }
  }

  private static func decode(_ bytes: RawSpan, of type: PostgresType) throws(PostgresValueProblem) -> String {
    // The bytes are copied while the span keeps them alive.
    guard let text = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) }) else {
      throw .mismatch(type, String.self)
    }
    return text
  }

  /// The binary form (`multirange_send`, `range_send`): a count, then each range behind its length: flags, then each
  /// finite bound behind its length. A discrete range is always `[lower,upper)`; a multirange holds no empty one.
  private static func decode(multirange bytes: RawSpan) throws(PostgresValueProblem) -> String {
    let withoutLower: UInt8 = 0x08
    let withoutUpper: UInt8 = 0x10
    func bound(_ cursor: inout ByteCursor) throws(PostgresValueProblem) -> String {
      guard cursor.next(Int32.self, in: bytes) == 8, let value = cursor.next(Int64.self, in: bytes) else {
        throw .mismatch(.int8multirange, String.self)
      }
      return String(value)
    }

    var cursor = ByteCursor()
    guard let count = cursor.next(Int32.self, in: bytes), count >= 0 else {
      throw .mismatch(.int8multirange, String.self)
    }
    var ranges: [String] = []
    for _ in 0..<count {
      guard cursor.next(Int32.self, in: bytes) != nil, let flags = cursor.next(UInt8.self, in: bytes) else {
        throw .mismatch(.int8multirange, String.self)
      }
      let lower = flags & withoutLower != 0 ? "(" : "[" + (try bound(&cursor))
      let upper = flags & withoutUpper != 0 ? ")" : (try bound(&cursor)) + ")"
      ranges.append(lower + "," + upper)
    }
    return "{" + ranges.joined(separator: ",") + "}"
  }
}

extension UUID: PostgresDecodable {
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    guard type == .uuid, bytes.byteCount == 16 else { throw .mismatch(type, UUID.self) }
    // Sixteen bytes, checked above; every pattern is a UUID.
    self.init(uuid: unsafe bytes.unsafeLoadUnaligned(as: uuid_t.self))
  }
}

extension Date: PostgresDecodable {
  /// Reads `timestamp with time zone`, or `date` as its beginning in UTC.
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    let seconds: Double
    if type == .timestamptz, let microseconds = Int64(all: bytes) {
      guard microseconds != .max, microseconds != .min else { throw .outOfRange(type, Date.self) }
      seconds = Double(microseconds) / 1_000_000
    } else if type == .date, let days = Int32(all: bytes) {
      guard days != .max, days != .min else { throw .outOfRange(type, Date.self) }
      seconds = Double(days) * 86_400
    } else {
      throw .mismatch(type, Date.self)
    }
    self.init(timeIntervalSinceReferenceDate: seconds - Self.secondsSincePostgresEpoch)
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  package init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) {
    self = try Wrapped(postgres: type, bytes)
  }

  package static func null() throws(PostgresValueProblem) -> Self { nil }
}
