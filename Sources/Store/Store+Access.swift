import Foundation
import Model
import Postgres

/// Tokens of the API and sessions of people.
extension Store {
  package struct AccessToken: Sendable, Equatable {
    package let id: Int64
    package let name: String
    package let scopes: Set<AccessScope>
    package let createdBy: String
    /// Seconds since 1970.
    package let createdAt: Double
    package let expiresAt: Double?
    package let lastUsedAt: Double?
    package let revokedAt: Double?
  }

  package struct WebSession: Sendable, Equatable {
    package let login: String
    /// The role that it began with.
    package let role: Role
    /// What gave it: an entry of the lists of who may what.
    package let entry: String
    /// Seconds since 1970.
    package let createdAt: Double
    package let usedAt: Double
  }

  // MARK: - Tokens

  /// - Parameters:
  ///   - digest: SHA-256 of the token, which itself is never stored.
  ///   - seconds: how long it is good for; nil: until it is revoked.
  /// - Returns: its number.
  package func addToken(name: String, digest: [UInt8], scopes: Set<AccessScope>, seconds: Double?, who: String) async throws
    -> Int64
  {
    try await transaction { session in
      let names = scopes.map(\.rawValue).sorted()
      let id = try session.query(
        """
        INSERT INTO access_token (name, digest, scopes, created_by, expires_at)
        VALUES (\(name.storable), \(digest), \(names), \(who.storable), now() + make_interval(secs => \(seconds)::float8)) RETURNING id
        """
      ).only().decode(Int64.self, "id")
      try Self.audit(who: who, "token added", ["token": String(id), "name": name, "scopes": names.joined(separator: " ")], session)
      return id
    }
  }

  /// The newest first, those that count no more included.
  package func tokens() async throws -> [AccessToken] {
    try await transaction { session in
      try session.query("SELECT \(Self.tokenColumns) FROM access_token ORDER BY id DESC LIMIT 1000").map(Self.token)
    }
  }

  /// - Throws: `StoreError.noSuchToken` if there is none of that number that counts.
  package func revokeToken(_ id: Int64, who: String) async throws {
    try await transaction { session in
      let rows = try session.query(
        "UPDATE access_token SET revoked_at = now() WHERE id = \(id) AND revoked_at IS NULL RETURNING name")
      guard let row = rows.first else { throw StoreError.noSuchToken(id) }
      try Self.audit(who: who, "token revoked", ["token": String(id), "name": try row.decode("name")], session)
    }
  }

  /// The token with a digest, if it counts. Notes that it was used, once in five minutes at most.
  package func useToken(digest: [UInt8]) async throws -> AccessToken? {
    try await transaction { session in
      let rows = try session.query(
        """
        SELECT \(Self.tokenColumns), last_used_at IS NULL OR last_used_at < now() - interval '5 minutes' AS is_stale FROM access_token
         WHERE digest = \(digest) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
        """)
      guard let row = rows.first else { return nil }
      let token = try Self.token(row)
      if try row.decode("is_stale") { try session.execute("UPDATE access_token SET last_used_at = now() WHERE id = \(token.id)") }
      return token
    }
  }

  /// Whether any token counts.
  package func hasToken() async throws -> Bool {
    try await transaction { session in
      try session.query(
        """
        SELECT EXISTS (SELECT 1 FROM access_token WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS has
        """
      ).only().decode("has")
    }
  }

  private static let tokenColumns: SQL = """
    id, name, scopes, created_by, extract(epoch FROM created_at)::float8 AS created, extract(epoch FROM expires_at)::float8 AS expires,
    extract(epoch FROM last_used_at)::float8 AS used, extract(epoch FROM revoked_at)::float8 AS revoked
    """

  private static func token(_ row: Row) throws -> AccessToken {
    AccessToken(
      id: try row.decode("id"), name: try row.decode("name"),
      scopes: Set(try row.decode([String].self, "scopes").compactMap { AccessScope(rawValue: $0) }),
      createdBy: try row.decode("created_by"), createdAt: try row.decode("created"), expiresAt: try row.decode("expires"),
      lastUsedAt: try row.decode("used"), revokedAt: try row.decode("revoked"))
  }

  // MARK: - Sessions

  /// A session ends after a week, and after a day in which it wasn't used.
  package static let sessionSeconds: Double = 7 * 86_400
  private static let idleSeconds: Double = 86_400

  /// Begins a session, and forgets those that ended.
  ///
  /// - Parameters:
  ///   - digest: SHA-256 of the cookie.
  ///   - entry: what gives the role.
  ///   - old: SHA-256 of the cookie of the session that this one follows in the same browser, which ends.
  package func beginSession(digest: [UInt8], login: String, role: Role, entry: String, after old: [UInt8]? = nil) async throws {
    try await transaction { session in
      try session.execute("DELETE FROM web_session WHERE expires_at < now()")
      if let old { try Self.endSession(digest: old, session) }
      try session.execute(
        """
        INSERT INTO web_session (digest, login, role, entry, expires_at)
        VALUES (\(digest), \(login.storable), \(role.rawValue), \(entry.storable), now() + make_interval(secs => \(Self.sessionSeconds)))
        """)
      try Self.audit(who: login, "logged in", ["role": role.rawValue, "by": entry], session)
    }
  }

  /// The session of a cookie, if it hasn't ended.
  package func useSession(digest: [UInt8]) async throws -> WebSession? {
    try await transaction { session in
      let rows = try session.query(
        """
        SELECT \(Self.sessionColumns), used_at < now() - interval '5 minutes' AS is_stale FROM web_session
         WHERE digest = \(digest) AND \(Self.isInForce)
        """)
      guard let row = rows.first else { return nil }
      if try row.decode("is_stale") { try session.execute("UPDATE web_session SET used_at = now() WHERE digest = \(digest)") }
      return try Self.webSession(row)
    }
  }

  package func endSession(digest: [UInt8]) async throws {
    try await transaction { session in try Self.endSession(digest: digest, session) }
  }

  private static func endSession(digest: [UInt8], _ session: borrowing Session) throws {
    let rows = try session.query("DELETE FROM web_session WHERE digest = \(digest) RETURNING login")
    if let row = rows.first { try audit(who: try row.decode("login"), "logged out", [:], session) }
  }

  /// Those that haven't ended, the latest used first.
  package func sessions() async throws -> [WebSession] {
    try await transaction { session in
      try session.query(
        "SELECT \(Self.sessionColumns) FROM web_session WHERE \(Self.isInForce) ORDER BY used_at DESC, login LIMIT 1000"
      ).map(Self.webSession)
    }
  }

  /// Ends all sessions of a person.
  ///
  /// - Parameter login: the case of its letters doesn't matter.
  /// - Returns: how many there were.
  package func endSessions(of login: String, who: String) async throws -> Int {
    try await transaction { session in
      let ended = try session.execute("DELETE FROM web_session WHERE lower(login) = lower(\(login.storable))")
      if ended > 0 { try Self.audit(who: who, "sessions ended", ["login": login, "sessions": String(ended)], session) }
      return ended
    }
  }

  private static let isInForce: SQL = "expires_at > now() AND used_at > now() - make_interval(secs => \(idleSeconds))"

  private static let sessionColumns: SQL = """
    login, role, entry, extract(epoch FROM created_at)::float8 AS created, extract(epoch FROM used_at)::float8 AS used
    """

  private static func webSession(_ row: Row) throws -> WebSession {
    WebSession(
      login: try row.decode("login"), role: Role(rawValue: try row.decode("role")) ?? .reader, entry: try row.decode("entry"),
      createdAt: try row.decode("created"), usedAt: try row.decode("used"))
  }
}
