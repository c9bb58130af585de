import Model

extension Store {
  /// Where a log belongs.
  package struct TrialPlace: Sendable {
    /// Which log.
    package let log: LogID
    /// The row of its build.
    package let buildID: Int64
    /// Its build.
    package let build: Build
    /// The step of the build that it is of; empty if it has none.
    package let step: String
    /// Seconds since 1970 when the build finished, or was entered if that is unknown.
    package let time: Double
  }

  /// A log that is still to be tried.
  package struct UntriedLog: Sendable {
    /// Where it belongs.
    package let place: TrialPlace
    /// SHA-256 of the raw log, by which the archive knows it.
    package let digest: [UInt8]
    /// Length of the raw log.
    package let bytes: Int

    /// What a pattern's `where` looks at.
    package var names: LogNames {
      let build = place.build
      return LogNames([
        .provider: build.provider, .repository: build.repository, .branch: build.branch, .workflow: build.workflow,
        .job: build.job, .step: place.step,
      ])
    }
  }

  /// What was found on one log, or why that isn't known.
  package struct TrialHit: Sendable {
    /// Where the log belongs.
    package let place: TrialPlace
    /// In their order; at most as many as are kept of a log.
    package let findings: [Finding]
    /// All findings, those that are not kept among them.
    package let count: Int
    /// Why it couldn't be tried to the end; nil if it could.
    package let inconclusive: Inconclusive.Reason?

    /// All that one log came to.
    package init(place: TrialPlace, findings: [Finding], count: Int, inconclusive: Inconclusive.Reason?) {
      self.place = place
      self.findings = findings
      self.count = count
      self.inconclusive = inconclusive
    }
  }
}
