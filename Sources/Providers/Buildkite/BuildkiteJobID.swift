import Foundation

/// The external id of a build, `organization/pipeline/number/job`: only all of them find a job's log.
struct BuildkiteJobID: Sendable, Equatable {
  let run: BuildkiteRunID
  /// A UUID.
  let job: String

  init?(externalID: String) {
    guard let slash = externalID.lastIndex(of: "/"), let run = BuildkiteRunID(String(externalID[..<slash])) else { return nil }
    self.init(run: run, job: String(externalID[externalID.index(after: slash)...]))
  }

  init?(run: BuildkiteRunID, job: String) {
    guard UUID(uuidString: job) != nil else { return nil }
    self.run = run
    self.job = job.lowercased()
  }

  var externalID: String { "\(run.text)/\(job)" }
  var path: [String] { run.path + ["jobs", job] }
}
