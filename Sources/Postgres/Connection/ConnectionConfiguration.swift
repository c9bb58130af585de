import Foundation

/// How to reach a database.
///
/// May hold a password, which neither the description nor any error shows.
package struct ConnectionConfiguration: Sendable {
  /// The connection string or URI. Private since it can hold a password.
  private let url: String
  private let target: ConnectionTarget

  /// The database, when it isn't the one that the connection string or the environment names.
  package var database: String?
  /// What `pg_stat_activity` shows, unless the connection string or `PGAPPNAME` names something else.
  package var applicationName = "culprit"
  /// Seconds to wait for a connection to each host, unless the connection string or `PGCONNECT_TIMEOUT` says how many.
  package var connectTimeout = 10
  /// After how long the server gives up a statement; never when nil.
  package var statementTimeout: Duration?
  /// Gets warnings and other messages of the server.
  package var onNotice: @Sendable (Notice) -> Void = { _ in }

  /// - Parameter url: a URI (`postgresql://user@host/database`) or a connection string (`host=… dbname=…`) as libpq
  ///   takes them; what it leaves out comes from libpq's environment (`PGHOST`, `PGUSER`, …) and password file.
  /// - Throws: `PostgresError` of kind `.configuration`, without any part of the URL that could be a password.
  package init(url: String = "") throws {
    self.url = url
    target = try ConnectionTarget(parsing: url)
  }

  /// libpq's parameters in order; a later one wins, and the connection string counts where `dbname` stands first.
  var parameters: [(keyword: String, value: String)] {
    var parameters = [
      // Find out within about a minute that a peer is gone, instead of the two hours of the system's default.
      ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "60000"),
      ("fallback_application_name", applicationName),
    ]
    if ProcessInfo.processInfo.environment["PGCONNECT_TIMEOUT"] == nil {
      parameters.append(("connect_timeout", String(connectTimeout)))
    }
    if !url.isEmpty { parameters.append(("dbname", url)) }
    if let database { parameters.append(("dbname", database)) }
    parameters.append(("client_encoding", "UTF8"))
    return parameters
  }
}

extension ConnectionConfiguration: CustomStringConvertible, CustomReflectable {
  /// User, host, port and database as far as they are named, without the password.
  package var description: String {
    var target = target
    target.database = database ?? target.database
    return target.description
  }

  /// Reflection would print the URL.
  package var customMirror: Mirror {
    Mirror(self, children: ["description": description])
  }
}
