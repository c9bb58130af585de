import Foundation
import TestSupport

@testable import Postgres

/// Clusters that a test has for itself.
enum OwnCluster {
  /// Lends a cluster that doesn't exist yet to the closure, and removes it afterwards.
  static func with(
    folder: String = TestCluster.makeFolder(), _ body: (PrivateCluster) async throws -> Void
  ) async throws {
    let cluster = PrivateCluster(folder: folder, options: TestCluster.options)
    do {
      try await body(cluster)
    } catch {
      try? await cluster.destroy(force: true)
      throw error
    }
    try await cluster.destroy(force: true)
  }
}

extension PrivateCluster {
  /// The server's process.
  func process() throws -> pid_t {
    guard case .running(let process, _, _) = try status() else {
      throw ClusterError.failed(operation: "find the server", reason: "it doesn't run", log: "")
    }
    return process
  }

  /// The server's data folder, without symbolic links.
  nonisolated var dataFolder: String {
    URL(fileURLWithPath: folder + "/cluster").resolvingSymlinksInPath().path + "/data"
  }
}
