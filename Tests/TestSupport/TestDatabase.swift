import Foundation
import Postgres

/// A database for one suite or test, on the server of this process.
package struct TestDatabase: Sendable {
  /// The database's name.
  package let name: String
  /// How to reach it.
  package let configuration: ConnectionConfiguration

  /// Makes a database.
  /// - Parameter template: the database that it is a copy of, to which nobody may be connected meanwhile.
  package static func create(template: String = "template1") async throws -> TestDatabase {
    let name = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
    var configuration = try await TestCluster.shared.configuration
    try await Connection.connect(configuration).run { session in
      try session.execute("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template)")
    }
    configuration.database = name
    return TestDatabase(name: name, configuration: configuration)
  }

  /// Removes the database, and sends away who is connected to it.
  package func drop() async throws {
    try await Connection.connect(TestCluster.shared.configuration).run { session in
      try session.execute("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    }
  }

  /// Lends a database to the closure and removes it afterwards.
  package static func with<Value>(
    template: String = "template1", _ body: (TestDatabase) async throws -> Value
  ) async throws -> Value {
    let database = try await create(template: template)
    do {
      let value = try await body(database)
      try await database.drop()
      return value
    } catch {
      try? await database.drop()
      throw error
    }
  }

  /// The database's address, for a program of its own.
  package var url: String {
    get async throws {
      var parts = URLComponents(string: try await TestCluster.shared.url)
      parts?.path = "/" + name
      return parts?.string ?? ""
    }
  }

  /// Connects to the database.
  package func connect() async throws -> Connection {
    try await Connection.connect(configuration)
  }
}
