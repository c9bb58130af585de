import Foundation

/// Creates, starts and stops the server of a cluster. Blocking, and only for who holds the cluster's lock.
struct ClusterServer {
  /// The database that Culprit uses, and its user, who can do anything.
  static let database = "culprit"
  static let user = "culprit"

  let home: ClusterHome
  let user: ServerUser
  let options: PrivateCluster.Options

  /// How to reach the server if it runs.
  /// - Parameter database: which of its databases.
  func url(socketFolder: String, database: String = Self.database) -> String {
    let host = socketFolder.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socketFolder
    return "postgresql://\(Self.user)@/\(database)?host=\(host)&port=\(SocketFolder.port)"
  }

  /// The server's file, if the server runs.
  var running: PostmasterFile? {
    guard let file = PostmasterFile(dataFolder: home.data), file.isServerRunning else { return nil }
    return file
  }

  /// Makes sure that the server runs and answers, and adopts one that runs already.
  /// - Returns: how to reach it.
  func start() throws -> String {
    if !home.exists { try create() }
    try checkOwner()
    let deadline = ContinuousClock.now + options.startLimit
    if let url = try adopt(until: deadline) { return url }
    return try launch(until: deadline)
  }

  /// Takes over a server that runs already: another Culprit uses it, or one that was killed left it.
  private func adopt(until deadline: ContinuousClock.Instant) throws -> String? {
    guard let file = PostmasterFile(dataFolder: home.data) else { return nil }
    let own = SocketFolder(home: home.path, user: user).path
    let socketFolder = file.socketFolder.isEmpty ? own : file.socketFolder
    if file.isServerRunning {
      // It ends meanwhile if it was told to stop.
      return try waitUntilReady(socketFolder, until: deadline) { running == nil }
    }
    // If it was a child of this process, it is waited for here.
    _ = Program.hasEnded(child: file.process)
    // In another container its process can't be seen, and yet its socket works if the folder is shared.
    return try waitUntilReady(socketFolder, until: deadline) { true }
  }

  private func checkOwner() throws {
    guard let owner = FileStatus(home.data)?.owner, owner != user.id else { return }
    throw ClusterError.folder(
      path: home.data, reason: "it belongs to the user with the id \(owner), not to \(user.name)",
      hint: "run culprit as the user who made it, or set CULPRIT_DATA to another folder")
  }

  // MARK: Starting

  /// Starts a server.
  /// - Returns: how to reach it.
  private func launch(until deadline: ContinuousClock.Instant) throws -> String {
    let installation = try ServerInstallation.find(for: home.version, in: options.programs)
    let socket = SocketFolder(home: home.path, user: user)
    try socket.prepare(for: user)
    rotateLog()

    while true {
      try removeLeftovers(socket)
      let child = try Program.start(command(installation, socket), output: home.log)
      let ready = try waitUntilReady(socket.path, until: deadline) { Program.hasEnded(child: child) }
      if let ready { return ready }
      // The processes of a server that was killed live on for a moment, and a new one can't start until then.
      guard Program.tail(of: home.log).contains("pre-existing shared memory block"),
        ContinuousClock.now < deadline
      else { throw failure("start the private database", "the server ended") }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  private func command(_ installation: ServerInstallation, _ socket: SocketFolder) -> [String] {
    let settings = [
      "listen_addresses=", "unix_socket_directories=\(socket.path)", "unix_socket_permissions=0700",
      "port=\(SocketFolder.port)", "logging_collector=off",
    ]
    return user.command(
      installation.folder + "/postgres", ["-D", home.data] + settings.flatMap { ["-c", $0] })
  }

  private func removeLeftovers(_ socket: SocketFolder) throws {
    if let file = PostmasterFile(dataFolder: home.data) {
      try file.disown()
    } else {
      // It may be there and be empty, when the disk was full.
      SystemCall.remove(home.data + "/postmaster.pid")
    }
    socket.removeLeftovers()
  }

  private func rotateLog() {
    let size = (try? FileManager.default.attributesOfItem(atPath: home.log)[.size] as? Int) ?? 0
    if size > 10_000_000 { _ = SystemCall.move(home.log, to: home.log + ".old") }
  }

  /// Waits until the server lets us in, and makes sure that Culprit's database is there.
  /// - Parameter hasEnded: whether the server is gone, so that there is nothing to wait for.
  /// - Returns: how to reach it; nil when it is gone.
  private func waitUntilReady(
    _ socketFolder: String, until deadline: ContinuousClock.Instant, hasEnded: () -> Bool
  ) throws -> String? {
    var reason = ""
    while ContinuousClock.now < deadline {
      do {
        try createDatabase(url(socketFolder: socketFolder, database: "postgres"))
        return url(socketFolder: socketFolder)
      } catch let error as PostgresError where error.isRetryable {
        reason = error.message
      }
      if hasEnded() { return nil }
      Thread.sleep(forTimeInterval: 0.02)
    }
    throw failure("start the private database", "it took longer than \(options.startLimit): \(reason)")
  }

  private func createDatabase(_ url: String) throws {
    let session = try Session(try ConnectionConfiguration(url: url))
    let known = try session.query("SELECT 1 FROM pg_database WHERE datname = \(Self.database)")
    if known.isEmpty { try session.execute("CREATE DATABASE \(identifier: Self.database)") }
  }

  private func failure(_ operation: String, _ reason: String) -> ClusterError {
    .failed(operation: operation, reason: "\(reason); see \(home.log)", log: Program.tail(of: home.log))
  }

  // MARK: Creating

  /// Makes a new cluster beside its place and moves it there when it is complete.
  private func create() throws {
    let installation = try ServerInstallation.find(for: nil, in: options.programs)
    // Of someone who was killed meanwhile: nobody else is at work, since we hold the lock.
    try? FileManager.default.removeItem(atPath: home.draft)
    try user.makeFolder(home.draft)
    let log = home.folder + "/initdb.log"
    SystemCall.remove(log)
    let arguments = [
      "--pgdata=\(home.draft)/data", "--username=\(Self.user)", "--encoding=UTF8", "--locale=C",
      "--auth-local=trust", "--auth-host=reject", "--data-checksums", options.isDurable ? "" : "--no-sync",
    ]
    let command = user.command(installation.folder + "/initdb", arguments.filter { !$0.isEmpty })
    guard try Program.run(command, output: log) else {
      try? FileManager.default.removeItem(atPath: home.draft)
      throw ClusterError.failed(
        operation: "create the private database", reason: "initdb failed; see \(log)",
        log: Program.tail(of: log))
    }
    try writeSettings(home.draft + "/data/postgresql.conf")
    guard SystemCall.move(home.draft, to: home.path) else {
      throw ClusterError.folder(
        path: home.path, reason: SystemCall.reason(), hint: "remove it if nothing is in it")
    }
    SystemCall.remove(log)
  }

  private func writeSettings(_ path: String) throws {
    let file = SystemCall.open(path, O_WRONLY | O_APPEND)
    guard file >= 0 else {
      throw ClusterError.folder(path: path, reason: SystemCall.reason(), hint: "")
    }
    try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: Data(settings.utf8))
  }

  private var settings: String {
    """

    # Settings of Culprit's private database. They can be changed here; a restart applies them.
    max_connections = \(options.connections)
    shared_buffers = 128MB
    fsync = \(options.isDurable ? "on" : "off")
    synchronous_commit = on
    full_page_writes = \(options.isDurable ? "on" : "off")
    log_checkpoints = off

    """
  }

  // MARK: Stopping

  /// Stops the server if it runs.
  /// - Parameter immediately: without writing what is in memory; the next start recovers it.
  func stop(immediately: Bool = false) throws {
    guard let file = running else { return }
    let process = file.process
    // "Fast": transactions in progress are rolled back, and clients are sent away.
    kill(process, immediately ? SIGQUIT : SIGINT)
    if !waitForEnd(of: process, .seconds(60)) {
      kill(process, SIGQUIT)
      guard waitForEnd(of: process, .seconds(10)) else {
        throw failure("stop the private database", "process \(process) doesn't end")
      }
    }
    SocketFolder(inUse: file.socketFolder, home: home.path, user: user)?.remove()
  }

  private func waitForEnd(of process: pid_t, _ limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      // It is waited for if it is a child of this process.
      if Program.hasEnded(child: process) || running?.process != process { return true }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }
}
