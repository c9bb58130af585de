import Model

extension CircleCI {
  package func logs(of build: Build) async throws -> [LogReference] {
    let operation = "list the steps of circleci job \(build.externalID)"
    let detail = try await detail(of: build, operation)
    guard detail.isFinished else { throw ProviderError(.notReady, operation: operation) }
    // Of a passing job, which is one of a sample, everything is wanted that it said.
    return detail.logs(failedOnly: build.outcome != .success)
  }

  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    let operation = "fetch step \(log.locator) of circleci job \(build.externalID)"
    let detail = try await detail(of: build, operation)
    guard detail.isFinished else { throw ProviderError(.notReady, operation: operation) }
    guard let action = detail.action(at: log.locator) else {
      throw ProviderError(.notFound, operation: operation, detail: "the job has no such step")
    }
    // The link was made for this request.
    guard let link = action.outputURL else { throw ProviderError(.gone, operation: operation, detail: "the step has no output") }
    let output = CircleCIOutput(sink)
    do {
      _ = try await client.stream(ProviderCall(operation, address: link)) { try output.take($0) }
      guard try output.finish() > 0 else { throw ProviderError(.empty, operation: operation) }
    } catch let problem as CircleCIOutput.Problem {
      throw ProviderError(problem == .cut ? .cutShort : .malformed, operation: operation, detail: problem.words)
    }
    return action.truncated == true ? .cut : .whole
  }

  func detail(of build: Build, _ operation: String) async throws -> CircleCIDetail {
    guard let id = CircleCIJobID(externalID: build.externalID, repository: build.repository) else {
      throw ProviderError(.malformed, operation: operation, detail: "a job's id is a number")
    }
    let path = ["api", "v1.1", "project"] + id.project.path + [String(id.number)]
    return try await client.value(CircleCIDetail.self, of: ProviderCall(operation, .get, path))
  }
}
