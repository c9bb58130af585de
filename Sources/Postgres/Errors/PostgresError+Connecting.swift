import Foundation

extension PostgresError {
  /// Why no connection was made.
  init(connecting configuration: ConnectionConfiguration, message: String) {
    let text = CredentialMask.mask(Self.oneLine(message))
    let state = Self.state(ofRefusal: text)
    let hint: String? =
      switch state?.errorClass {
      case nil: "check that the PostgreSQL server is running and that DATABASE_URL names it"
      case "28": "check user and password in DATABASE_URL, or in libpq's password file"
      case "3D": "create the database, or name another one in DATABASE_URL"
      default: nil
      }
    self.init(.connecting(state), operation: "connect to \(configuration)", message: text, hint: hint)
  }

  /// The code of a refusal. libpq tells only the text when a connection fails; a text in another language has no code
  /// and counts as one that can pass.
  private static func state(ofRefusal text: String) -> SQLState? {
    let known = [
      ("the database system is", "57P03"), ("too many c", "53300"), ("remaining connection slots", "53300"),
      ("authentication failed", "28P01"), ("no password supplied", "28P01"), ("no pg_hba.conf entry", "28000"),
      ("role \"", "28000"), ("database \"", "3D000"),
    ]
    return known.first { text.contains($0.0) }.map { SQLState(rawValue: $0.1) }
  }

  /// libpq's messages have several lines, of which each says something.
  static func oneLine(_ message: String) -> String {
    message.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: "; ")
  }
}
