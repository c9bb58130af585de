import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct NotificationTests {
  @Test func notificationsComeInOrder() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let listener = NotificationListener(database.configuration, channels: ["builds", "Odd \"name\""])
      var events = listener.makeAsyncIterator()
      #expect(try await events.next() == .listening)
      let sender = try await connection.run { session in
        try session.execute("SELECT pg_notify('builds', '1')")
        try session.execute("SELECT pg_notify('elsewhere', '')")
        try session.execute("SELECT pg_notify(\("Odd \"name\""), \("🙂"))")
        return session.backend
      }
      let first = Notification(channel: "builds", payload: "1", sender: sender)
      let second = Notification(channel: "Odd \"name\"", payload: "🙂", sender: sender)
      #expect(try await events.next() == .notification(first))
      #expect(try await events.next() == .notification(second))
    }
  }

  @Test func aLostConnectionIsMadeAgain() async throws {
    try await TestDatabase.with { database in
      var configuration = database.configuration
      configuration.applicationName = "listener"
      let connection = try await database.connect()
      var events = NotificationListener(configuration, channels: ["builds"]).makeAsyncIterator()
      #expect(try await events.next() == .listening)
      try await connection.run { session in
        try session.execute(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'listener' AND datname = current_database()
          """)
      }
      #expect(try await events.next() == .listening)
      try await connection.run { session in try session.execute("NOTIFY builds, 'again'") }
      guard case .notification(let notification) = try await events.next() else {
        Issue.record("no notification came")
        return
      }
      #expect(notification.payload == "again")
    }
  }

  @Test func cancellationEndsTheSequenceAndTheConnection() async throws {
    try await TestDatabase.with { database in
      var configuration = database.configuration
      configuration.applicationName = "listener"
      let (isListening, listens) = AsyncStream.makeStream(of: Void.self)
      let task = Task { [configuration] in
        for try await _ in NotificationListener(configuration, channels: ["builds"]) { listens.yield() }
      }
      for await _ in isListening { break }
      task.cancel()
      try await task.value
      let connection = try await database.connect()
      let listeners: SQL = """
        SELECT 1 FROM pg_stat_activity
        WHERE application_name = 'listener' AND datname = current_database()
        """
      while try await connection.run({ try !$0.query(listeners).isEmpty }) {}
    }
  }

  @Test func whatWaitingCannotHelpEndsTheSequence() async throws {
    var configuration = try await TestCluster.shared.configuration
    configuration.database = "nowhere"
    var events = NotificationListener(configuration, channels: ["builds"]).makeAsyncIterator()
    do {
      _ = try await events.next()
      Issue.record("an unknown database can't be listened to")
    } catch let error as PostgresError {
      #expect(error.sqlState == .unknownDatabase)
    }
  }
}
