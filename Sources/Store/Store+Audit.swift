import Foundation
import Postgres

/// Who changed what.
extension Store {
  /// Writes down what somebody did elsewhere; what changes the database is written down by the very transaction that does it.
  ///
  /// - Parameter detail: without secrets.
  package func note(who: String, _ action: String, _ detail: [String: String]) async throws {
    try await transaction { session in try Self.audit(who: who, action, detail, session) }
  }

  /// - Parameter detail: without secrets.
  static func audit(who: String, _ action: String, _ detail: [String: String], _ session: borrowing Session) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(detail.mapValues(\.storable)), as: UTF8.self)
    try session.execute("INSERT INTO audit (who, action, detail) VALUES (\(who.storable), \(action), \(json)::text::jsonb)")
  }
}
