import CPostgres

/// What a connection string names, as libpq understands it.
struct ConnectionTarget: Sendable, CustomStringConvertible {
  private(set) var user: String?
  private(set) var host: String?
  private(set) var port: String?
  var database: String?

  /// - Throws: `PostgresError` of kind `.configuration`. libpq's own message quotes parts of a malformed string, and a
  ///   password that isn't percent-encoded ends up in what libpq takes for the host, the port or the database; so
  ///   neither is ever shown.
  init(parsing url: String) throws {
    guard !url.utf8.contains(0), let options = Self.options(of: url) else {
      throw Self.malformed("it is neither a URI nor a list of keyword=value")
    }
    user = options["user"]
    host = options["host"] ?? options["hostaddr"]
    port = options["port"]
    database = options["dbname"]

    guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else { return }
    let isPort = port?.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ",") } ?? true
    if !isPort || host?.contains("@") == true || database?.contains("@") == true {
      throw Self.malformed("an @, / or : in the user or password must be percent-encoded (%40, %2F, %3A)")
    }
  }

  private static func malformed(_ reason: String) -> PostgresError {
    PostgresError(
      .configuration, operation: "read the connection string", message: reason,
      hint: "write postgresql://user:password@host:5432/database")
  }

  private static func options(of url: String) -> [String: String]? {
    guard !url.isEmpty else { return [:] }
    var error: UnsafeMutablePointer<CChar>?
    let parsed = unsafe CPGOptions(parsing: url, error: &error)
    defer {
      // Both are ours to free, by libpq's contract of `PQconninfoParse`; freeing null does nothing.
      unsafe cpg_free(error)
      unsafe parsed.free()
    }
    guard var option = unsafe parsed.pointer else { return nil }
    var options: [String: String] = [:]
    // The array ends with an option that has no keyword.
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe options[String(cString: keyword)] = unsafe String(cString: value)
      }
      unsafe option += 1
    }
    return options
  }

  var description: String {
    if user == nil, host == nil, port == nil, database == nil { return "the PG* environment" }
    let user = user.map { $0 + "@" } ?? ""
    let port = port.map { ":" + $0 } ?? ""
    // A URL that stands where only a database's name belongs.
    return CredentialMask.mask("postgresql://\(user)\(host ?? "")\(port)/\(database ?? "")")
  }
}
