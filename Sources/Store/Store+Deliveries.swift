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

  /// Stores a delivery. One that failed is worked on again: somebody has mended what was wrong, and had it sent again.
  ///
  /// - Returns: false if it was there already and didn't fail; then nothing is changed.
  package func store(
    provider: String, externalID: String, event: String, headers: [String: String], body: [UInt8]
  ) async throws -> Bool {
    let told = String(decoding: try JSONEncoder().encode(headers), as: UTF8.self).storable
    return try await transaction { session in
      let rows = try session.query(
        """
        INSERT INTO delivery AS d (provider, external_id, event, headers, body)
        VALUES (\(provider), \(externalID.storable), \(event.storable), \(told)::text::jsonb, \(body))
        ON CONFLICT (provider, external_id) DO UPDATE
          SET state = 'pending', outcome = NULL, attempts = 0, claims = 0, next_at = now(), headers = excluded.headers
          WHERE d.state = 'failed'
        RETURNING id
        """)
      if rows.first != nil { try Self.wake(.deliveries, session) }
      return rows.first != nil
    }
  }

  /// A delivery that was taken so often and never settled or given back may be what ended its workers. It is taken by itself, and seldom:
  /// what stands behind it goes on.
  private static let suspiciousClaims: Int32 = 5

  package func claimDeliveries(worker: WorkerID, most: Int, leaseSeconds: Double) async throws -> DeliveryClaim? {
    try await transaction { session in
      guard var taken = try WorkQueue.deliveries.take(most, for: worker, leaseSeconds: leaseSeconds, session) else { return nil }
      let suspects = try session.query(
        """
        SELECT id FROM delivery WHERE id = ANY (\(taken.ids)) AND claims >= \(Self.suspiciousClaims) ORDER BY id LIMIT 1
        """
      ).map { try $0.decode(Int64.self, "id") }
      if let suspect = suspects.first {
        try WorkQueue.deliveries.giveBack(taken.ids.filter { $0 != suspect }, token: taken.token, session)
        taken = WorkQueue.Taken(token: taken.token, ids: [suspect])
      }
      try session.execute(
        """
        UPDATE delivery SET claims = claims + 1,
               next_at = CASE WHEN claims < \(Self.suspiciousClaims) THEN next_at
                              ELSE now() + make_interval(secs => least(3600, 10 * 2 ^ least(claims - \(Self.suspiciousClaims), 10))) END
         WHERE id = ANY (\(taken.ids))
        """)
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
    ///
    /// - counts: false if nothing went wrong, as where a rate limit says itself when it ends.
    case retry(String, afterSeconds: Double, counts: Bool)
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
      var counts = true
      switch outcome {
      case .done: (state, text) = ("done", nil)
      case .ignored(let why): (state, text) = ("ignored", why)
      case .failed(let why): (state, text) = ("failed", why)
      case .retry(let why, let seconds, let isTry): (state, text, wait, counts) = ("pending", why, seconds, isTry)
      }
      let owned = try session.execute(
        """
        UPDATE delivery SET state = \(state), outcome = \(text?.storable), attempts = attempts + \(Int32(counts ? 1 : 0)), claims = 0,
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
    let ids = claim.deliveries.map(\.id)
    try await transaction { session in
      try session.execute(
        "UPDATE delivery SET claims = 0, next_at = least(next_at, now()) WHERE id = ANY (\(ids)) AND lease_token = \(claim.token)")
      try WorkQueue.deliveries.giveBack(ids, token: claim.token, session)
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
