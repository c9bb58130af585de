import Foundation

/// Which repository is meant, as `owner/name`; with GitLab's groups there may be more parts.
enum RepositoryPath {
  /// Checks a path as it is.
  static func checked(_ path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isFine = parts.allSatisfy { part in
      !part.isEmpty && part != "." && part != ".."
        && part.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != " " }
    }
    return parts.count >= 2 && isFine && path.utf8.count <= 512 ? path : nil
  }

  /// The path of a remote: `https://host/owner/name.git`, `ssh://git@host/owner/name`, `git@host:owner/name.git`.
  static func ofRemote(_ remote: String) -> String? {
    var path: Substring
    if remote.contains("://") {
      guard let components = URLComponents(string: remote) else { return nil }
      path = components.path[...]
    } else if let colon = remote.firstIndex(of: ":"), !remote[..<colon].contains("/") {
      path = remote[remote.index(after: colon)...]
    } else {
      return nil
    }
    while path.hasPrefix("/") { path = path.dropFirst() }
    while path.hasSuffix("/") { path = path.dropLast() }
    if path.hasSuffix(".git") { path = path.dropLast(4) }
    return checked(String(path))
  }
}
