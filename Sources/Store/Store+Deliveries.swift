import Foundation
import Model
import Postgres

/// Webhook deliveries: stored before they are answered, worked on afterwards.
extension Store {
  package struct Delivery: Sendable {
    package let id: Int64
    package let provider: String
    package let externalID: String
    package let event: String
    /// Names in lower case.
    package let headers: [String: String]
    package let body: [UInt8]
    package let attempts: Int
  }

  package struct DeliveryClaim: Sendable {
    package let token: Int64
    package let deliveries: [Delivery]
  }

  /// Stores a delivery.
  ///
  /// - Returns: false if it was there already; then nothing is changed.
  package func store(
    provider: String, externalID: String, event: String, headers: [String: String], body: [UInt8]
  ) async throws -> Bool {
    let told = String(decoding: try JSONEncoder().encode(headers), as: UTF8.self).storable
    return try await transaction { session in
      let rows = try session.query(
        """
        INSERT INTO delivery (provider, external_id, event, headers, body)
        VALUES (\(provider), \(externalID.storable), \(event.storable), \(told)::text::jsonb, \(body))
        ON CONFLICT (provider, external_id) DO NOTHING RETURNING id
        """)
      if rows.first != nil { try Self.wake(.deliveries, session) }
      return rows.first != nil
    }
  }

  package func claimDeliveries(worker: WorkerID, most: Int, leaseSeconds: Double) async throws -> DeliveryClaim? {
    try await transaction { session in
      guard let taken = try WorkQueue.deliveries.take(most, for: worker, leaseSeconds: leaseSeconds, session) else { return nil }
      let rows = try session.query(
        """
        SELECT id, provider, external_id, event, headers::text AS headers, body, attempts FROM delivery
         WHERE id = ANY (\(taken.ids)) ORDER BY id
        """)
      return DeliveryClaim(
        token: taken.token,
        deliveries: try rows.map { row in
          Delivery(
            id: try row.decode("id"), provider: try row.decode("provider"), externalID: try row.decode("external_id"),
            event: try row.decode("event"),
            headers: (try? JSONDecoder().decode(
              [String: String].self, from: Data(try row.decode(String.self, "headers").utf8))) ?? [:],
            body: try row.decode("body"), attempts: Int(try row.decode(Int32.self, "attempts")))
        })
    }
  }

  /// What became of a delivery.
  package enum DeliveryOutcome: Sendable, Equatable {
    case done
    /// It concerns nobody, and why.
    case ignored(String)
    /// Not understood; another try won't help.
    case failed(String)
    /// Another try may help.
    case retry(String, afterSeconds: Double)
  }

  /// Writes what a delivery led to and its outcome in one transaction; killed in between, the next worker does both.
  ///
  /// - Returns: false if the lease was lost; then nothing is written.
  package func settle(_ delivery: Int64, of claim: DeliveryClaim, _ outcome: DeliveryOutcome, effects: Effects = Effects())
    async throws -> Bool
  {
    try await transaction { [coolOff, health] session in
      let state: String
      let text: String?
      var wait: Double?
      switch outcome {
      case .done: (state, text) = ("done", nil)
      case .ignored(let why): (state, text) = ("ignored", why)
      case .failed(let why): (state, text) = ("failed", why)
      case .retry(let why, let seconds): (state, text, wait) = ("pending", why, seconds)
      }
      let owned = try session.execute(
        """
        UPDATE delivery SET state = \(state), outcome = \(text?.storable), attempts = attempts + 1,
               next_at = now() + make_interval(secs => coalesce(\(wait), 0::float8)),
               lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(delivery) AND lease_token = \(claim.token)
        """)
      guard owned == 1 else { return false }
      try Self.apply(effects, coolOff: coolOff, health, session)
      return true
    }
  }

  package func giveBack(_ claim: DeliveryClaim) async throws {
    try await transaction { session in
      try WorkQueue.deliveries.giveBack(claim.deliveries.map(\.id), token: claim.token, session)
    }
  }

  /// Removes deliveries that were settled before a time; their ids are needed only as long as a provider may send them again.
  ///
  /// - Parameter seconds: the age from which on they go.
  package func forgetDeliveries(olderThan seconds: Double) async throws -> Int {
    try await transaction { session in
      try session.execute(
        """
        DELETE FROM delivery WHERE state <> 'pending' AND received_at < now() - make_interval(secs => \(seconds))
        """)
    }
  }
}
