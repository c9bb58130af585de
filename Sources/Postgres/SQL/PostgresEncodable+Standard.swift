import Foundation

extension [UInt8] {
  /// Appends an integer in network byte order, as PostgreSQL's binary forms and messages have it.
  mutating func append(bigEndian value: some FixedWidthInteger) {
    var shift = value.bitWidth
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Overwrites four bytes with an integer in network byte order.
  mutating func replace(at offset: Int, bigEndian value: Int32) {
    for index in 0..<4 {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * index))
    }
  }

  /// Appends a length and the value that it counts, or -1 for a null.
  mutating func append(counted value: some PostgresEncodable) throws(PostgresValueProblem) {
    let start = count
    append(bigEndian: Int32(-1))
    guard !value.isNull else { return }
    try value.encode(into: &self)
    guard let length = Int32(exactly: count - start - 4) else {
      throw PostgresValueProblem("the value is longer than 2 GB")
    }
    replace(at: start, bigEndian: length)
  }
}

extension Bool: PostgresEncodable {
  package static var postgresType: PostgresType { .boolean }
  package func encode(into buffer: inout [UInt8]) { buffer.append(self ? 1 : 0) }
}

extension Int16: PostgresEncodable {
  package static var postgresType: PostgresType { .smallint }
  package func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: self) }
}

extension Int32: PostgresEncodable {
  package static var postgresType: PostgresType { .integer }
  package func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: self) }
}

extension Int64: PostgresEncodable {
  package static var postgresType: PostgresType { .bigint }
  package func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: self) }
}

extension Int: PostgresEncodable {
  package static var postgresType: PostgresType { .bigint }
  package func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: Int64(self)) }
}

extension Double: PostgresEncodable {
  package static var postgresType: PostgresType { .doublePrecision }
  package func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: bitPattern) }
}

extension String: PostgresEncodable {
  package static var postgresType: PostgresType { .text }
  package func encode(into buffer: inout [UInt8]) throws(PostgresValueProblem) {
    let start = buffer.count
    buffer.append(contentsOf: utf8)
    guard !buffer[start...].contains(0) else {
      throw PostgresValueProblem("the text holds a NUL character (U+0000), which PostgreSQL can't store")
    }
  }
}

extension UUID: PostgresEncodable {
  package static var postgresType: PostgresType { .uuid }
  package func encode(into buffer: inout [UInt8]) {
    let id = uuid
    buffer += [
      id.0, id.1, id.2, id.3, id.4, id.5, id.6, id.7, id.8, id.9, id.10, id.11, id.12, id.13, id.14, id.15,
    ]
  }
}

/// Dates are `timestamp with time zone`: microseconds since 2000-01-01 00:00 UTC. Finer parts are rounded.
extension Date: PostgresEncodable {
  package static var postgresType: PostgresType { .timestamptz }

  /// From PostgreSQL's epoch, 2000-01-01, to Foundation's, 2001-01-01: 366 days.
  static let secondsSincePostgresEpoch = 31_622_400.0

  package func encode(into buffer: inout [UInt8]) throws(PostgresValueProblem) {
    let microseconds = (timeIntervalSinceReferenceDate + Self.secondsSincePostgresEpoch) * 1_000_000
    // The greatest and the least integer mean infinity to PostgreSQL.
    guard let exact = Int64(exactly: microseconds.rounded()), exact != .max, exact != .min else {
      throw PostgresValueProblem("the date is outside of what PostgreSQL can hold")
    }
    buffer.append(bigEndian: exact)
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  package static var postgresType: PostgresType { Wrapped.postgresType }
  package var isNull: Bool { self?.isNull ?? true }
  package func encode(into buffer: inout [UInt8]) throws(PostgresValueProblem) {
    try self?.encode(into: &buffer)
  }
}
