import Foundation

/// A PostgreSQL server of Culprit's own, for who has none: it lives in a folder, is reached through a socket that only
/// its owner can get at, and runs while somebody uses it.
///
/// Any number of processes can share a cluster; whoever creates, starts or stops it holds a lock meanwhile.
package actor PrivateCluster {
  /// How a cluster is made and run.
  package struct Options: Sendable {
    /// The only folder to look into for PostgreSQL's programs, or nil for all the usual ones.
    package var programs: String?
    /// Whether commits survive a crash of the machine. Only tests can do without.
    package var isDurable = true
    /// How long the server may take to start; recovery after a crash is part of it.
    package var startLimit = Duration.seconds(120)
    /// How many connections a new cluster's server takes at once.
    package var connections = 100

    /// The options for users.
    package init() {}
  }

  /// The folder, as it was given.
  package nonisolated let folder: String
  private let options: Options
  private let executor = QueueExecutor(label: "culprit.postgres.cluster")

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe executor.asUnownedSerialExecutor()
  }

  /// - Parameters:
  ///   - folder: the cluster's folder; it need not exist.
  ///   - options: how the cluster is made and run.
  package init(folder: String, options: Options = Options()) {
    self.folder = folder
    self.options = options
  }

  /// Creates and starts the server if need be, and keeps it running until the lease is released.
  /// - Throws: `ClusterError`, or `PostgresError` when the server refuses us.
  package func acquire() throws -> ClusterLease {
    try locked { server in
      let users = try FileLock(ClusterHome.users(server.home.folder))
      // Nobody can have it alone without holding the cluster's lock, which we do.
      guard users.tryShare() else { throw ClusterError.busy(path: ClusterHome.users(server.home.folder)) }
      return ClusterLease(self, url: try server.start(), lock: users)
    }
  }

  /// Starts the server and lets it run on when nobody uses it, until `stop`.
  /// - Returns: how to reach it: a URI for libpq.
  package func keep() throws -> String {
    try locked { server in
      let url = try server.start()
      _ = try FileLock(ClusterHome.keep(server.home.folder))
      return url
    }
  }

  /// Stops the server, also one that was asked to stay.
  /// - Parameter force: also while others use it.
  /// - Throws: `ClusterError.inUse`.
  package func stop(force: Bool = false) throws {
    guard exists else { return }
    try locked { server in
      let users = try FileLock(ClusterHome.users(server.home.folder))
      guard force || users.tryLock() else { throw ClusterError.inUse(path: folder) }
      SystemCall.remove(ClusterHome.keep(server.home.folder))
      try server.stop()
    }
  }

  /// What the cluster is doing now. Changes nothing, and doesn't wait for who is starting or stopping it.
  package func status() throws -> ClusterStatus {
    guard let home = ClusterHome(existingIn: folder), home.exists else { return .notCreated }
    let server = ClusterServer(home: home, user: try ServerUser.current(), options: options)
    guard let file = server.running else { return .stopped }
    return .running(
      process: file.process, url: server.url(socketFolder: file.socketFolder),
      isKept: FileStatus(ClusterHome.keep(server.home.folder)) != nil)
  }

  /// Stops the server and removes the cluster with all its data.
  /// - Throws: `ClusterError.inUse`.
  package func destroy(force: Bool = false) throws {
    guard exists else { return }
    try locked { server in
      let users = try FileLock(ClusterHome.users(server.home.folder))
      guard force || users.tryLock() else { throw ClusterError.inUse(path: folder) }
      try server.stop(immediately: true)
      let socket = SocketFolder(home: server.home.path, user: server.user)
      for path in [socket.path, server.home.draft, server.home.path, server.home.folder]
      where FileStatus(path) != nil {
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  /// Ends a lease.
  func release(_ lease: consuming FileLock) throws {
    // The lease is given up under the lock, so that of two who leave together the second one is the last, and who
    // comes meanwhile waits until the server has stopped.
    try locked { server in
      defer { lease.unlock() }
      guard lease.tryLock(), FileStatus(ClusterHome.keep(server.home.folder)) == nil else { return }
      try server.stop()
    }
  }

  private var exists: Bool { FileManager.default.fileExists(atPath: folder) }

  /// Does something that nobody else may do at the same time.
  private func locked<Value>(_ body: (ClusterServer) throws -> Value) throws -> Value {
    let user = try ServerUser.current()
    while true {
      let folder = try ClusterHome.makeFolder(folder, user)
      let lock = try FileLock(ClusterHome.lock(folder))
      let value: Value? = try lock.hold(within: options.startLimit + .seconds(90)) {
        // Whoever had the lock may have destroyed the cluster and the folder with the lock's file.
        guard lock.isInPlace else { return nil }
        return try body(ClusterServer(home: try ClusterHome(in: folder, user), user: user, options: options))
      }
      if let value { return value }
    }
  }
}
