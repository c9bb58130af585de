import Model

/// One CI system: what is asked of it, and in which words it answers. One file per system.
///
/// Implementations hold no state but their client; they neither loop over retries nor write anything. What goes wrong is a
/// `ProviderError` that says whether another try can help.
package protocol Provider: Sendable {
  /// As in `Build.provider`: `github`, `circleci`, `gitlab`.
  var name: String { get }

  /// One page of a project's finished builds, whatever their outcome, the newest first.
  ///
  /// - Parameters:
  ///   - project: as the provider names it; `owner/name` where it is a repository.
  ///   - cursor: what the page before gave as `next`; nil for the first.
  /// - Throws: `ProviderError`.
  func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage

  /// The finished builds of one run of a workflow, of all its attempts, whatever their outcome.
  ///
  /// - Parameters:
  ///   - run: the provider's id of the run, as `WebhookEvent.runFinished` has it.
  ///   - project: as for `builds(of:_:after:)`.
  /// - Throws: `ProviderError`.
  func builds(ofRun run: String, of project: String) async throws -> [Build]

  /// The builds that a code host's report means, of the repository and the commit that it is about: whoever may write reports may
  /// name any build.
  ///
  /// - Throws: `ProviderError`.
  func builds(reported report: ReportedBuild) async throws -> [Build]

  /// A build that was stopped, with what it really came to: a time limit is a failure, somebody's wish is not.
  ///
  /// - Throws: `ProviderError`.
  func ending(of build: Build) async throws -> Build

  /// The logs of a failed build: one per failed step, all of them. Where the system keeps one log per build, that one, whose step is "".
  ///
  /// - Throws: `ProviderError`; `.gone` where the provider doesn't have the build any more.
  func logs(of build: Build) async throws -> [LogReference]

  /// Streams the raw bytes of a log into a sink. Where the provider wraps a log (JSON pieces, an archive), the sink gets what was inside.
  ///
  /// - Returns: whether the system itself kept all of it.
  /// - Throws: `ProviderError`; `.notReady` while the log grows. What the sink got before an error is worth nothing.
  @discardableResult
  func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent

  /// Runs a build again.
  ///
  /// - Throws: `ProviderError`; `.refused` with the provider's words where it won't.
  func rerun(_ build: Build) async throws
}

extension Provider {
  /// For systems that tell it in the first place.
  package func ending(of build: Build) async throws -> Build { build }

  /// For systems whose own events tell it all.
  package func builds(reported report: ReportedBuild) async throws -> [Build] {
    throw ProviderError(.unsupported, operation: "find the \(name) build that a commit status names")
  }

  /// For systems whose events name every build, so that nobody has to ask for those of a run.
  package func builds(ofRun run: String, of project: String) async throws -> [Build] {
    throw ProviderError(.unsupported, operation: "list the builds of \(name) run \(run)")
  }
}

/// Takes a piece of a log. Throwing ends the transfer.
package typealias LogSink = @Sendable (UnsafeRawBufferPointer) throws -> Void

/// Which builds are wanted.
package struct BuildQuery: Sendable, Equatable {
  /// Builds that began or ended before this are not wanted; seconds since 1970-01-01 00:00 UTC.
  package var since: Double
  /// Only this branch; nil for all.
  package var branch: String?

  package init(since: Double, branch: String? = nil) {
    self.since = since
    self.branch = branch
  }
}

package struct BuildPage: Sendable, Equatable {
  /// Finished builds; canceled ones too.
  package var builds: [Build]
  /// A later listing whose `since` is no later than this tells of all builds that this page passed over because they haven't
  /// finished; nil if it passed over none. At the latest it is when the oldest of them began, or so much later as this provider looks
  /// back beyond `since` by itself. Seconds since 1970-01-01 00:00 UTC.
  package var oldestUnfinished: Double?
  /// Names the next page; nil behind the last one that holds anything wanted.
  package var next: String?

  package init(builds: [Build], oldestUnfinished: Double? = nil, next: String? = nil) {
    self.builds = builds
    self.oldestUnfinished = oldestUnfinished
    self.next = next
  }
}

/// Where a provider keeps one log.
package struct LogReference: Sendable, Hashable {
  /// The step's name, unlike that of any other step of the build; "" for the log of the whole build.
  package var step: String
  /// What the provider needs to find it again, which stays right: never a link that expires, never a secret.
  package var locator: String

  package init(step: String, locator: String) {
    self.step = step
    self.locator = locator
  }
}
