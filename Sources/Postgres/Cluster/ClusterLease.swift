/// The use of a private cluster. While there is one, the server isn't stopped by others.
///
/// The kernel ends the lease when the process dies. The server then runs on, and the next one who uses it adopts it.
package actor ClusterLease {
  /// How to reach the database: a URI for libpq.
  package nonisolated let url: String

  private let cluster: PrivateCluster
  private var lock: FileLock?

  init(_ cluster: PrivateCluster, url: String, lock: consuming FileLock) {
    self.cluster = cluster
    self.url = url
    self.lock = consume lock
  }

  /// How to reach the database.
  package nonisolated var configuration: ConnectionConfiguration {
    get throws { try ConnectionConfiguration(url: url) }
  }

  /// Ends the lease. The last one stops the server, unless it was asked to stay. Doing it again does nothing.
  /// - Throws: `ClusterError`.
  package func release() async throws {
    guard let lock = lock.take() else { return }
    try await cluster.release(lock)
  }
}
