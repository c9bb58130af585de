/// Why the private cluster can't be used.
package enum ClusterError: Error, Sendable {
  /// There are no programs of PostgreSQL 15 or newer on this machine. The folders that were looked into.
  case notInstalled(searched: [String])
  /// The cluster was made by a version of PostgreSQL that isn't installed.
  case otherVersion(cluster: Int, installed: [Int])
  /// A folder can't be used as it is.
  case folder(path: String, reason: String, hint: String)
  /// A program of PostgreSQL failed. The end of what it said.
  case failed(operation: String, reason: String, log: String)
  /// Another process has been starting or stopping the cluster for too long.
  case busy(path: String)
  /// The server can't be stopped since others use it.
  case inUse(path: String)
}

extension ClusterError: CustomStringConvertible {
  /// The cause in one line.
  package var description: String {
    switch self {
    case .notInstalled(let searched):
      "start the private database: no PostgreSQL 15 or newer found in \(searched.joined(separator: ", "))"
    case .otherVersion(let cluster, let installed):
      "start the private database: it belongs to PostgreSQL \(cluster), and installed is "
        + installed.map(String.init).joined(separator: ", ")
    case .folder(let path, let reason, _): "use \(path): \(reason)"
    case .failed(let operation, let reason, let log): "\(operation): \(reason)" + (log.isEmpty ? "" : ": \(log)")
    case .busy(let path): "another process has held \(path) for too long"
    case .inUse(let path): "stop the private database in \(path): others use it"
    }
  }

  /// What the person can do about it.
  package var hint: String? {
    switch self {
    case .notInstalled: "apt-get install postgresql-15, or set DATABASE_URL to a server that you have"
    case .otherVersion(let cluster, _):
      "apt-get install postgresql-\(cluster), or move the data with pg_upgrade"
    case .folder(_, _, let hint): hint
    case .failed(_, _, let log) where Self.tellsOfAFullDisk(log): "make room on the disk"
    case .failed(_, _, let log) where log.contains("could not look up effective user ID"):
      "add this user to /etc/passwd, or set DATABASE_URL to a server that you have"
    case .failed: nil
    case .busy: "look for a culprit that hangs, with: fuser -v on that file"
    case .inUse: "end the other culprit processes first, or force it"
    }
  }

  /// `initdb` and the server say it in several ways; a write that is cut short comes without the system's own words.
  private static func tellsOfAFullDisk(_ log: String) -> Bool {
    ["No space left on device", "Check free disk space", "Disk quota exceeded"].contains { log.contains($0) }
  }

  /// Whether the same can succeed later without anyone's doing.
  package var isRetryable: Bool {
    switch self {
    case .busy, .inUse: true
    case .notInstalled, .otherVersion, .folder, .failed: false
    }
  }
}
