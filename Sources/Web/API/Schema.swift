/// The shape of a JSON value, for the API's description (OpenAPI 3.1, which is JSON Schema 2020-12).
indirect enum Schema: Sendable {
  case string, integer, number, boolean
  /// Seconds since 1970-01-01 00:00 UTC, as a number.
  case time
  case choice([String])
  case array(Schema)
  /// By name, any text.
  case map(Schema)
  /// Left out where there is none.
  case optional(Schema)
  /// - Parameters: its name in the description; its properties, all there unless optional.
  case object(String, [String: Schema])
}
