/// A value that is made from the tally, with how far that is behind, as the last member.
struct Counted<Value: APIValue>: APIValue {
  let value: Value
  /// Changes of builds that wait to be counted; nil unless they have for a while.
  let behind: Int?

  private enum Member: String, CodingKey { case behind }

  func encode(to encoder: any Encoder) throws {
    try value.encode(to: encoder)
    guard let behind else { return }
    var members = encoder.container(keyedBy: Member.self)
    try members.encode(behind, forKey: .behind)
  }

  static var schema: Schema {
    guard case .object(let name, var members) = Value.schema else { return Value.schema }
    members[Member.behind.rawValue] = .optional(.integer)
    return .object(name, members)
  }
}
