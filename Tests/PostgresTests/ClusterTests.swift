import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct ClusterTests {
  @Test func itStartsWhenWantedAndStopsWithTheLast() async throws {
    try await OwnCluster.with { cluster in
      #expect(try await cluster.status() == .notCreated)
      let first = try await cluster.acquire()
      let second = try await cluster.acquire()
      #expect(first.url == second.url)
      let settings = try await Connection.connect(first.configuration).run { session in
        try session.query(
          """
          SELECT current_database()::text, current_setting('listen_addresses'), current_setting('server_encoding'),
              current_setting('max_connections'), current_setting('data_checksums')
          """
        ).only().decode((String, String, String, String, String).self)
      }
      #expect(settings == ("culprit", "", "UTF8", "400", "on"))

      let process = try await cluster.process()
      await #expect(throws: ClusterError.self) { try await cluster.stop() }
      try await first.release()
      try await first.release()
      #expect(try await cluster.process() == process)
      try await second.release()
      #expect(try await cluster.status() == .stopped)
    }
  }

  @Test func itStaysWhenAskedTo() async throws {
    try await OwnCluster.with { cluster in
      let url = try await cluster.keep()
      let lease = try await cluster.acquire()
      #expect(lease.url == url)
      try await lease.release()
      let process = try await cluster.process()
      #expect(try await cluster.status() == .running(process: process, url: url, isKept: true))
      // In a session of its own, a Ctrl-C at our terminal doesn't reach it.
      #expect(getsid(process) == process)
      try await cluster.stop()
      #expect(try await cluster.status() == .stopped)
      try await cluster.acquire().release()
      #expect(try await cluster.status() == .stopped)
    }
  }

  @Test func onlyItsOwnerGetsAtIt() async throws {
    try await OwnCluster.with { cluster in
      _ = try await cluster.keep()
      for folder in ["", "/data", "/socket"] {
        let status = try #require(FileStatus(cluster.folder + "/cluster" + folder))
        #expect(status.permissions == 0o700)
        #expect(status.owner == (try ServerUser.current().id))
      }
    }
  }

  @Test func manyAtOnceMakeOneServer() async throws {
    try await OwnCluster.with { cluster in
      let tools = try (0..<4).map { _ in try ClusterToolProcess("use", cluster.folder) }
      var urls: [String] = []
      for tool in tools { urls.append(await tool.readURL()) }
      #expect(Set(urls).count == 1 && urls[0].hasPrefix("postgresql://"))
      #expect(try await cluster.process() > 0)
      // They leave at once, too; the server doesn't hold their output open, so that it ends.
      for tool in tools { tool.endInput() }
      for tool in tools { #expect(await tool.finish() == 0) }
      #expect(try await cluster.status() == .stopped)
    }
  }

  @Test func comingAndGoingDoesNotRace() async throws {
    try await OwnCluster.with { cluster in
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          // Each has a cluster object of its own, as processes have.
          let own = PrivateCluster(folder: cluster.folder, options: TestCluster.options)
          group.addTask {
            for _ in 0..<4 {
              let lease = try await own.acquire()
              #expect(await (try Connection.connect(lease.configuration)).isAlive())
              try await lease.release()
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await cluster.status() == .stopped)
    }
  }

  @Test func theServerOfAKilledProcessIsAdopted() async throws {
    try await OwnCluster.with { cluster in
      let tool = try ClusterToolProcess("crash", cluster.folder)
      let url = await tool.readURL()
      #expect(await tool.finish() == SIGKILL)
      let process = try await cluster.process()
      let lease = try await cluster.acquire()
      #expect(try await cluster.process() == process && lease.url == url)
      try await lease.release()
      #expect(try await cluster.status() == .stopped)
    }
  }

  @Test func aKilledServerIsStartedAgainAndKeepsItsData() async throws {
    try await OwnCluster.with { cluster in
      let lease = try await cluster.acquire()
      try await Connection.connect(lease.configuration).run { session in
        try session.executeScript("CREATE TABLE t (n bigint); INSERT INTO t VALUES (7)", name: "t")
      }
      let process = try await cluster.process()
      kill(process, SIGKILL)
      let again = try await cluster.acquire()
      #expect(try await cluster.process() != process)
      let number = try await Connection.connect(again.configuration).run { session in
        try session.query("SELECT n FROM t").only().decode(Int.self, "n")
      }
      #expect(number == 7)
      try await again.release()
      try await lease.release()
    }
  }

  @Test func aStaleFileThatNamesAnotherProcessIsNoObstacle() async throws {
    try await OwnCluster.with { cluster in
      try await cluster.acquire().release()
      let socket = SocketFolder(home: cluster.folder + "/cluster", user: try .current()).path
      // This test's own process lives, and is no server of that folder.
      for file in [cluster.dataFolder + "/postmaster.pid", socket + "/.s.PGSQL.5432.lock"] {
        try "\(getpid())\n\(cluster.dataFolder)\n0\n5432\n\(socket)\n\n  5432001         7\nready   \n"
          .write(toFile: file, atomically: false, encoding: .utf8)
      }
      #expect(try await cluster.status() == .stopped)
      let lease = try await cluster.acquire()
      #expect(await (try Connection.connect(lease.configuration)).isAlive())
      try await lease.release()
    }
  }

  @Test func anInterruptedCreationLooksLikeNone() async throws {
    try await OwnCluster.with { cluster in
      let draft = cluster.folder + "/cluster.new/data"
      try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: true)
      try "15".write(toFile: draft + "/PG_VERSION", atomically: false, encoding: .utf8)
      #expect(try await cluster.status() == .notCreated)
      try await cluster.acquire().release()
      #expect(FileStatus(cluster.folder + "/cluster.new") == nil)
    }
  }

  @Test(arguments: [String(repeating: "long-", count: 25), "with space, comma and 'quote'", "ünïcode $HOME"])
  func oddPaths(name: String) async throws {
    let folder = TestCluster.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await OwnCluster.with(folder: folder + "/" + name) { cluster in
      let lease = try await cluster.acquire()
      #expect(await (try Connection.connect(lease.configuration)).isAlive())
      let home = URL(fileURLWithPath: cluster.folder + "/cluster").resolvingSymlinksInPath().path
      let socket = SocketFolder(home: home, user: try .current())
      #expect(socket.isApart && FileStatus(socket.path) != nil)
      try await lease.release()
      #expect(FileStatus(socket.path) == nil)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root's server runs as another user"))
  func aFolderThatTheServersUserCannotEnter() async throws {
    let folder = TestCluster.makeFolder()
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var place = ""
    try await OwnCluster.with(folder: folder + "/postgres") { cluster in
      let lease = try await cluster.acquire()
      place = cluster.dataFolder
      #expect(place.hasPrefix("/var/lib/culprit/"))
      #expect(await (try Connection.connect(lease.configuration)).isAlive())
      try await lease.release()
    }
    #expect(!FileManager.default.fileExists(atPath: place))
  }

  @Test func aSocketFolderOfSomebodyElseIsRefused() throws {
    let folder = "/tmp/" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/socket", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let user = try ServerUser.current()
    #expect(throws: ClusterError.self) { try SocketFolder(home: folder, user: user).prepare(for: user) }
  }

  @Test func withoutPostgreSQLTheErrorSaysWhatToInstall() async throws {
    var options = TestCluster.options
    options.programs = "/nowhere"
    let cluster = PrivateCluster(folder: TestCluster.makeFolder(), options: options)
    let error = await #expect(throws: ClusterError.self) { _ = try await cluster.acquire() }
    #expect(error?.hint?.contains("apt-get install postgresql-15") == true)
    try await cluster.destroy(force: true)
  }

  @Test func anotherVersionsDataIsNotTouched() async throws {
    try await OwnCluster.with { cluster in
      try await cluster.acquire().release()
      try "12\n".write(toFile: cluster.dataFolder + "/PG_VERSION", atomically: false, encoding: .utf8)
      let error = await #expect(throws: ClusterError.self) { _ = try await cluster.acquire() }
      guard case .otherVersion(cluster: 12, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func aServerThatCannotStartTellsWhy() async throws {
    try await OwnCluster.with { cluster in
      try await cluster.acquire().release()
      try "nonsense = yes\n".write(
        toFile: cluster.dataFolder + "/postgresql.auto.conf", atomically: false, encoding: .utf8)
      let error = await #expect(throws: ClusterError.self) { _ = try await cluster.acquire() }
      #expect(error?.description.contains("unrecognized configuration parameter \"nonsense\"") == true)
    }
  }
}
