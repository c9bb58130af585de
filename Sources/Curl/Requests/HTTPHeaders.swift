/// Header fields in the order in which they came or are to go; names count without regard to case.
package struct HTTPHeaders: Sendable {
  /// One field.
  package struct Field: Sendable {
    package let name: String
    package let value: String
    /// Whether it goes only to the origin that the request is for, and is never printed.
    package let isSecret: Bool
  }

  /// All fields in their order.
  package private(set) var fields: [Field] = []

  package init() {}

  /// The value of the first field of that name.
  package subscript(_ name: String) -> String? {
    fields.first { Self.isSame($0.name, name) }?.value
  }

  /// The values of all fields of that name.
  package func all(_ name: String) -> [String] {
    fields.lazy.filter { Self.isSame($0.name, name) }.map(\.value)
  }

  /// Adds a field behind the others.
  ///
  /// - Parameter secret: whether the field proves who asks, such as `Circle-Token`. Fields that always do are secret
  ///   without saying so: `Authorization`, `Proxy-Authorization`, `Cookie`, `Private-Token`.
  package mutating func add(_ name: String, _ value: String, secret: Bool = false) {
    fields.append(Field(name: name, value: value, isSecret: secret || Self.alwaysSecret.contains { Self.isSame($0, name) }))
  }

  /// Adds a field in place of all others of that name.
  package mutating func set(_ name: String, _ value: String, secret: Bool = false) {
    remove(name)
    add(name, value, secret: secret)
  }

  /// Removes all fields of that name.
  package mutating func remove(_ name: String) {
    fields.removeAll { Self.isSame($0.name, name) }
  }

  /// The same without what is secret.
  var withoutSecrets: HTTPHeaders {
    var rest = self
    rest.fields.removeAll(where: \.isSecret)
    return rest
  }

  /// What tells one user of a server from another: names and values of the secret fields.
  var credential: [String] {
    fields.filter(\.isSecret).map { "\($0.name.lowercased()): \($0.value)" }
  }

  private static let alwaysSecret = ["Authorization", "Proxy-Authorization", "Cookie", "Private-Token"]

  private static func isSame(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count
      && zip(one.utf8, other.utf8).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

/// Values may be secret, so only names are printed.
extension HTTPHeaders: CustomStringConvertible, CustomReflectable {
  package var description: String { "headers: \(fields.map(\.name).joined(separator: ", "))" }
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
