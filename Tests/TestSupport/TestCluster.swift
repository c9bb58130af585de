import Foundation
import Postgres

/// A PostgreSQL server for the tests of one process: it starts when the first test wants it, and goes with the process.
///
/// When the process is killed, the server stays; the next run removes it.
package final class TestCluster: Sendable {
  private static let prefix = "culprit-test-"
  private static let starting = Task { try await start() }

  private let cluster: PrivateCluster
  // Held as long as the process runs: it keeps other runs from removing the cluster.
  private let lease: ClusterLease

  private init(_ cluster: PrivateCluster, _ lease: ClusterLease) {
    self.cluster = cluster
    self.lease = lease
  }

  /// The server of this process.
  package static var shared: TestCluster {
    get async throws { try await starting.value }
  }

  /// How to reach the server's own database, which tests should leave as it is; see `TestDatabase`.
  package var configuration: ConnectionConfiguration {
    get throws { try lease.configuration }
  }

  /// The same as a URI.
  package var url: String { lease.url }

  /// Options for clusters of tests: fast rather than safe, and with room for all tests at once.
  package static var options: PrivateCluster.Options {
    var options = PrivateCluster.Options()
    options.isDurable = false
    options.connections = 400
    return options
  }

  /// A folder for a cluster of a test's own, which a later run removes if this one can't.
  package static func makeFolder() -> String {
    let number = UInt32.random(in: 0 ... .max)
    return "/tmp/\(prefix)\(ProcessInfo.processInfo.processIdentifier)-\(String(number, radix: 36))"
  }

  private static func start() async throws -> TestCluster {
    await removeLeftovers()
    let cluster = PrivateCluster(folder: makeFolder(), options: options)
    let shared = TestCluster(cluster, try await cluster.acquire())
    atexit {
      let isDone = DispatchSemaphore(value: 0)
      Task.detached {
        try? await TestCluster.shared.cluster.destroy(force: true)
        isDone.signal()
      }
      isDone.wait()
    }
    return shared
  }

  private static func removeLeftovers() async {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
    for name in names where name.hasPrefix(prefix) {
      let process = name.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let process = pid_t(process), kill(process, 0) != 0, errno == ESRCH else { continue }
      try? await PrivateCluster(folder: "/tmp/" + name, options: options).destroy()
    }
  }
}
