import Compression
import Curl
import Foundation
import Model

extension GitHubActions {
  package func logs(of build: Build) async throws -> [LogReference] {
    guard Int(build.externalID) != nil else {
      throw ProviderError(
        .gone, operation: "find the log of github build \(build.externalID)", detail: "its workflow file isn't valid, so no job ran"
      )
    }
    return [LogReference(step: "", locator: build.externalID)]
  }

  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    let operation = "fetch the log of github job \(log.locator)"
    guard let job = Int(log.locator) else {
      throw ProviderError(.malformed, operation: operation, detail: "a job's id is a number")
    }
    do {
      let guarded = GitHubLogGuard(sink, operation: operation)
      let call = try GitHubCall(operation, ["actions", "jobs", String(job), "logs"], in: build.repository)
      // GitHub sends us to a signed link at its file store.
      _ = try await client.send(call) { try guarded.take($0) }
      try guarded.finish()
    } catch let error as ProviderError where error.reason == .notFound {
      // The log by itself comes later than the run's zip, and for some jobs not at all.
      guard try await fetchFromZip(job, of: build.repository, operation, into: sink) else { throw error }
    }
    return .whole
  }

  /// Takes a job's log out of the zip with those of its whole attempt.
  ///
  /// - Returns: false if there is no zip, or none that has just one log of that job.
  private func fetchFromZip(_ job: Int, of repository: String, _ operation: String, into sink: @escaping LogSink) async throws
    -> Bool
  {
    let details = try await client.value(
      GitHubJob.self, of: try GitHubCall(operation, ["actions", "jobs", String(job)], in: repository))
    guard details.isFinished else { throw ProviderError(.notReady, operation: operation) }
    let path = ["actions", "runs", String(details.runID), "attempts", String(max(1, details.runAttempt ?? 1)), "logs"]
    let file = try ScratchFile()
    do {
      _ = try await client.send(try GitHubCall(operation, path, in: repository)) { try file.write($0, atMost: Self.largestZip) }
    } catch let error as ProviderError where error.reason == .notFound {
      return false
    } catch let error as POSIXError where error.code == .EFBIG {
      throw ProviderError(.tooLarge, operation: operation, detail: "the zip of its run has more than \(Self.largestZip) bytes")
    }
    return try await withCheckedThrowingContinuation { continuation in
      // Decompressing and the sink may take seconds: not on a thread that tasks share.
      DispatchQueue(label: "culprit.github.zip").async {
        continuation.resume(with: Result { try Self.extract(details.name.text, from: file, operation, into: sink) })
      }
    }
  }

  private static func extract(_ job: String, from file: ScratchFile, _ operation: String, into sink: LogSink) throws -> Bool {
    do {
      var names: [String] = []
      let listing = try CompressedReader(file.input())
      while let member = try listing.nextMember() { names.append(member.name ?? "") }
      guard let wanted = GitHubJobFile.name(of: job, among: names) else { return false }

      let reader = try CompressedReader(file.input())
      while let member = try reader.nextMember() {
        guard member.name == wanted else { continue }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try reader.read(into: buffer), count > 0 {
          try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return true
      }
      return false
    } catch let error as CompressionError {
      throw ProviderError(.malformed, operation: operation, detail: "the zip of its run: \(error)")
    }
  }

  /// Bytes; a run of 256 jobs whose logs are the largest that GitHub keeps has less.
  private static let largestZip = 2 << 30
}
