/// What the private cluster is doing.
package enum ClusterStatus: Sendable, Equatable {
  /// There is none yet.
  case notCreated
  /// It is there, and its server doesn't run.
  case stopped
  /// Its server runs.
  /// - process: the server's process.
  /// - url: how to reach it.
  /// - isKept: whether it stays although nobody uses it.
  case running(process: Int32, url: String, isKept: Bool)
}
