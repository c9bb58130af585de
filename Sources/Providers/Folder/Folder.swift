import Compression
import Dispatch
import Foundation
import LogSource
import Model

/// A directory with log files and a manifest, `manifest.jsonl`, that says what they are of: for systems that have no provider here, whose
/// jobs copy their logs to a shared disk.
///
/// A project is a repository that the manifest names, `owner/name`. The manifest's format is that of `culprit import`; but files must lie
/// in the directory, and builds are the provider's own: they can't be those of another system.
package struct Folder: Provider {
  package static let name = "folder"
  package static let manifestName = "manifest.jsonl"
  /// Bytes.
  private static let longestManifest = 256 << 20
  /// Builds of one page.
  private static let pageSize = 500

  package var name: String { Self.name }

  private let path: String

  /// - Parameter path: of the directory.
  package init(path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The manifest's builds by time, those without one first, as if they had just finished.
  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the builds of \(project) in \(path)"
    guard let start = Int(cursor ?? "0"), start >= 0 else {
      throw ProviderError(.malformed, operation: operation, detail: "the cursor isn't one of ours")
    }
    let builds = try await offPool {
      var builds: [Build] = []
      var seen: Set<BuildKey> = []
      for line in try lines(operation) where line.build.repository == project && seen.insert(BuildKey(line.build)).inserted {
        let isWanted =
          (line.build.finishedAt ?? query.since) >= query.since && (query.branch ?? line.build.branch) == line.build.branch
        if isWanted { builds.append(line.build) }
      }
      return builds.sorted {
        ($0.finishedAt ?? .infinity, $0.externalID, $0.attempt) > ($1.finishedAt ?? .infinity, $1.externalID, $1.attempt)
      }
    }
    let rest = builds.dropFirst(start)
    return BuildPage(
      builds: Array(rest.prefix(Self.pageSize)), next: rest.count > Self.pageSize ? String(start + Self.pageSize) : nil)
  }

  package func logs(of build: Build) async throws -> [LogReference] {
    let operation = "find the logs of folder build \(build.externalID)"
    return try await offPool {
      let lines = try lines(operation).filter { BuildKey($0.build) == BuildKey(build) }
      guard !lines.isEmpty else {
        throw ProviderError(.gone, operation: operation, detail: "the manifest doesn't name it any more")
      }
      var references: [LogReference] = []
      for line in lines {
        let file = try file(line.file, operation)
        var place = 0
        try read(file, operation) { reader in
          references.append(LogReference(step: line.step(of: reader.displayName, in: file), locator: "\(place):\(line.file)"))
          place += 1
        }
      }
      return references
    }
  }

  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    let operation = "read \(log.locator) of folder build \(build.externalID)"
    let parts = log.locator.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let wanted = Int(parts[0]) else {
      throw ProviderError(.malformed, operation: operation, detail: "a locator is a place in a file")
    }
    try await offPool {
      var place = 0
      var isFound = false
      try read(try file(String(parts[1]), operation), operation) { reader in
        defer { place += 1 }
        guard place == wanted else { return }
        isFound = true
        try reader.forEachBlock { try sink($0) }
      }
      guard isFound else { throw ProviderError(.gone, operation: operation, detail: "the file has no such log any more") }
    }
    return .whole
  }

  package func rerun(_ build: Build) async throws {
    throw ProviderError(.unsupported, operation: "run folder build \(build.externalID) again")
  }

  private func lines(_ operation: String) throws -> [ManifestLine] {
    let manifest = path + "/" + Self.manifestName
    guard let size = (try? FileManager.default.attributesOfItem(atPath: manifest))?[.size] as? Int else {
      throw ProviderError(.notFound, operation: operation, detail: "there is no \(Self.manifestName)")
    }
    guard size <= Self.longestManifest else { throw ProviderError(.tooLarge, operation: operation, detail: "the manifest") }
    guard let text = FileManager.default.contents(atPath: manifest).flatMap({ String(validating: $0, as: UTF8.self) }) else {
      throw ProviderError(.malformed, operation: operation, detail: "the manifest can't be read as UTF-8")
    }
    do {
      var lines: [ManifestLine] = []
      for (index, json) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        guard json.contains(where: { !$0.isWhitespace }) else { continue }
        let place = "\(Self.manifestName):\(index + 1)"
        let line = try ManifestLine(json: json, place: place)
        guard line.build.provider == Self.name else {
          throw ManifestLine.Problem(place: place, what: "builds of other providers are imported, not fetched")
        }
        lines.append(line)
      }
      if let conflict = ManifestConflict(in: lines) { throw conflict }
      return lines
    } catch {
      throw ProviderError(.malformed, operation: operation, detail: "\(error)")
    }
  }

  /// Where a file of the manifest is: in the directory, whoever may write the manifest.
  private func file(_ name: String, _ operation: String) throws(ProviderError) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.hasPrefix("/"), !parts.contains(".."), !name.utf8.contains(0) else {
      throw ProviderError(.malformed, operation: operation, detail: "a file of the manifest lies outside the directory")
    }
    var place = path
    for part in parts where !part.isEmpty && part != "." {
      place += "/" + part
      guard (try? FileManager.default.destinationOfSymbolicLink(atPath: place)) == nil else {
        throw ProviderError(.malformed, operation: operation, detail: "a file of the manifest is a link")
      }
    }
    return place
  }

  private func read(_ file: String, _ operation: String, _ body: LogSource.Body) throws {
    var failure: LogSourceError?
    try LogSource().forEachLog(in: [file], body) { failure = failure ?? $0 }
    guard let failure else { return }
    let reason: ProviderError.Reason =
      switch failure.kind {
      case .notFound: .gone
      case .permissionDenied: .forbidden
      case .tooLarge, .compression(.tooLarge): .tooLarge
      case .compression(.truncated): .cutShort
      case .system: .serverError
      case .notReadable, .nestedArchive, .tar, .compression: .malformed
      }
    throw ProviderError(reason, operation: operation, detail: failure.what)
  }

  /// Reads files on a thread of its own, which may wait for the disk.
  private func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "culprit.folder").async { continuation.resume(with: Result { try body() }) }
    }
  }
}
