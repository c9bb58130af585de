import Foundation

/// One step of the schema's history. Once it was released it never changes.
package struct Migration: Sendable, Equatable {
  /// Its place in the history, from 1 on without gaps.
  package let version: Int
  /// What it does, in a few words.
  package let name: String
  /// Its statements. They run in one transaction, so they can't begin or end one.
  package let sql: String

  /// - Parameters:
  ///   - version: its place in the history, from 1 on without gaps.
  ///   - name: what it does, in a few words.
  ///   - sql: its statements.
  package init(version: Int, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
  }

  /// Reads the files `v0001_some_name.sql` of a folder. Other files are left alone, so that queries can lie beside them.
  /// - Parameter folder: the folder's path.
  /// - Throws: `MigrationError.unreadable`.
  package static func load(folder: String) throws -> [Migration] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { file in
        guard let match = file.wholeMatch(of: /v(\d+)_(\w+)\.sql/), let version = Int(match.1) else {
          return nil
        }
        let sql = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
        return Migration(version: version, name: String(match.2), sql: sql)
      }
      .sorted { $0.version < $1.version }
    } catch {
      throw MigrationError.unreadable(folder: folder, reason: error.localizedDescription)
    }
  }
}
