/// The values of a statement in the form that libpq takes them: one buffer, and where in it each value lies.
struct BoundValues {
  private(set) var types: [UInt32] = []
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>?] = []

  /// - Throws: `PostgresError` of kind `.value` that names the parameter by its number.
  init(_ values: [any PostgresEncodable], operation: String) throws {
    types.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      do {
        try append(value)
      } catch {
        throw PostgresError(.value, operation: operation, message: "parameter $\(index + 1): \(error.reason)")
      }
    }
  }

  private mutating func append(_ value: some PostgresEncodable) throws(PostgresValueProblem) {
    types.append(type(of: value).postgresType.rawValue)
    guard !value.isNull else {
      ranges.append(nil)
      return
    }
    let start = bytes.count
    try value.encode(into: &bytes)
    guard bytes.count - start <= Int(Int32.max) else { throw PostgresValueProblem("the value is longer than 2 GB") }
    ranges.append(start..<bytes.count)
  }

  /// The arrays that `PQexecPrepared` takes. Safe as long as they stay within the closure that they are lent to.
  @safe struct Arguments {
    let count: Int32
    let values: UnsafePointer<UnsafePointer<CChar>?>?
    let lengths: UnsafePointer<Int32>?
    let formats: UnsafePointer<Int32>?
  }

  /// Lends the arguments to a call of libpq, which copies what it sends before it returns.
  func withArguments<Result>(_ body: (Arguments) throws -> Result) rethrows -> Result {
    let lengths = ranges.map { Int32($0?.count ?? 0) }
    let formats = [Int32](repeating: 1, count: ranges.count)
    return try unsafe bytes.withUnsafeBytes { buffer in
      // An empty value still needs an address, since null means `NULL`: libpq reads no byte of it.
      let empty: StaticString = ""
      let none = unsafe UnsafeRawPointer(empty.utf8Start)
      let values = unsafe ranges.map { range -> UnsafePointer<CChar>? in
        guard let range else { return nil }
        let start = unsafe buffer.baseAddress.map { unsafe $0 + range.lowerBound } ?? none
        return unsafe start.assumingMemoryBound(to: CChar.self)
      }
      return try unsafe values.withUnsafeBufferPointer { values in
        try unsafe lengths.withUnsafeBufferPointer { lengths in
          try unsafe formats.withUnsafeBufferPointer { formats in
            try body(
              unsafe Arguments(
                count: Int32(ranges.count), values: values.baseAddress, lengths: lengths.baseAddress,
                formats: formats.baseAddress))
          }
        }
      }
    }
  }
}
