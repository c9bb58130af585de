import Foundation

/// The programs of one installed version of PostgreSQL.
struct ServerInstallation: Sendable, Equatable {
  /// The oldest version whose SQL is enough: multiranges came with 14, and 15 is the oldest that is tested.
  static let oldestVersion = 15

  /// The folder of `initdb` and `postgres`.
  let folder: String
  let version: Int

  /// Finds the installation for a cluster.
  /// - Parameters:
  ///   - cluster: the version that made the cluster, or nil for a new one, which gets the newest.
  ///   - folder: the only folder to look into, or nil for all the usual ones.
  /// - Throws: `ClusterError.notInstalled` or `.otherVersion`.
  static func find(for cluster: Int?, in folder: String?) throws -> ServerInstallation {
    let folders = folder.map { [$0] } ?? candidates()
    let found = folders.compactMap(ServerInstallation.init(folder:)).filter { $0.version >= oldestVersion }
    guard let newest = found.max(by: { $0.version < $1.version }) else {
      throw ClusterError.notInstalled(searched: folders)
    }
    guard let cluster else { return newest }
    guard let same = found.first(where: { $0.version == cluster }) else {
      throw ClusterError.otherVersion(cluster: cluster, installed: Set(found.map(\.version)).sorted())
    }
    return same
  }

  private init?(folder: String) {
    guard FileManager.default.isExecutableFile(atPath: folder + "/initdb"),
      let answer = try? Program.output(of: folder + "/postgres", ["--version"]),
      // postgres (PostgreSQL) 15.9 (Debian 15.9-0+deb12u1)
      let match = answer.firstMatch(of: /\(PostgreSQL\) (\d+)/), let version = Int(match.1)
    else { return nil }
    self.folder = folder
    self.version = version
  }

  /// Where distributions put the programs: in a folder per version, which isn't in the path, or in the path.
  private static func candidates() -> [String] {
    let versioned = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"].flatMap { root in
      ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).map { "\(root)/\($0)/bin" }
    }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let configured = path.map { $0 + "/pg_config" }
      .first(where: FileManager.default.isExecutableFile(atPath:))
      .flatMap { try? Program.output(of: $0, ["--bindir"]) }
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    var seen: Set<String> = []
    return (versioned + path + [configured].compactMap(\.self)).filter { seen.insert($0).inserted }
  }
}
