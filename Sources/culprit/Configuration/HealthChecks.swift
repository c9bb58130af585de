import Analysis
import Foundation
import LogArchive
import Postgres
import Web

/// What `/health/deep` looks at beside the database: what only the program knows of.
enum HealthChecks {
  /// - Parameter folder: of the pattern files.
  static func all(_ database: ConnectionConfiguration, _ archive: LogArchive, patterns folder: String) -> [HealthCheck] {
    // Files are looked at where that may block.
    let disk = QueueExecutor(label: "culprit.health")
    return [
      HealthCheck("migrations") {
        let pending = try await Workplace.migrator().pending(try await Connection.connect(database)).count
        return pending == 0 ? .well("all are applied") : .wrong("\(pending) are pending: run `culprit migrate`")
      },
      HealthCheck("archive") {
        try await disk.run { try archive.check() }
        return .well("can be written and read")
      },
      HealthCheck("patterns") {
        let count = try await disk.run { try Catalog.load(folder, runsExamples: false).patterns.count }
        return count > 0 ? .well("\(count) in the folder") : .wrong("there are none in the folder")
      },
    ]
  }
}
