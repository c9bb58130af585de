/// Any JSON, for documents whose shape is no Swift type.
indirect enum JSONTree: Encodable, Sendable, Equatable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case array([JSONTree])
  case object([String: JSONTree])

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
