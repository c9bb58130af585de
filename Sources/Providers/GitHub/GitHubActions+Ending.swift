import Model

extension GitHubActions {
  /// GitHub ends a job that exceeds its time limit as it ends one that somebody stops, and the log says the same of both. Only an annotation
  /// of its check run, whose id is the job's, tells of the limit.
  ///
  /// A token that may not read check runs leaves the build stopped. Source: "REST API endpoints for check runs" in GitHub's documentation.
  package func ending(of build: Build) async throws -> Build {
    struct Annotation: Decodable, Sendable { let message: OutsideName? }
    guard build.outcome == .canceled, let job = Int(build.externalID) else { return build }
    let call = try GitHubCall(
      "read why github job \(job) was stopped", ["check-runs", String(job), "annotations"], in: build.repository)
    var ended = build
    do {
      try await client.pages(of: [Annotation].self, call) { page in
        if page.contains(where: { $0.message?.text.contains("exceeded the maximum execution time") ?? false }) {
          ended.outcome = .timedOut
        }
        return ended.outcome == .canceled
      }
    } catch let error as ProviderError where [.forbidden, .notFound, .gone].contains(error.reason) {
      return build
    }
    return ended
  }
}
