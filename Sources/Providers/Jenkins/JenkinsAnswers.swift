import Model

/// What Jenkins' remote access API answers, as far as it is asked for by `tree=`.
enum JenkinsAnswers {
  /// A job, or a folder or multibranch project with jobs in it.
  struct Item: Decodable, Sendable {
    /// Percent-encoded once where it is the branch of a multibranch project.
    let name: OutsideName
    let allBuilds: [Run]?
    let jobs: [Item]?
  }

  struct Run: Decodable, Sendable {
    let number: Int
    let url: WebAddress?
    let result: String?
    let building: Bool?
    /// When it began; milliseconds since 1970-01-01 00:00 UTC.
    let timestamp: Double
    /// Milliseconds; 0 until it ends.
    let duration: Double?
    let actions: [Action?]?

    /// Seconds since 1970-01-01 00:00 UTC.
    var startedAt: Double { timestamp / 1_000 }

    /// Whether a person stopped it, or a later build that took its place. Both leave their names; what leaves none, or another, may be a time
    /// limit, which is a failure.
    private var isStoppedOnPurpose: Bool {
      (actions ?? []).contains { action in
        (action?.causes ?? []).contains { cause in
          let kind = cause?.kind ?? ""
          return kind.hasSuffix("CauseOfInterruption$UserInterruption") || kind.hasSuffix("CancelledCause")
        }
      }
    }

    /// Nil if it hasn't finished, or did nothing.
    var outcome: Build.Outcome? {
      guard building != true else { return nil }
      switch result {
      case "SUCCESS": return .success
      // Jenkins calls a build with failed tests unstable.
      case "FAILURE", "UNSTABLE": return .failure
      // Somebody, or a time limit.
      case "ABORTED": return isStoppedOnPurpose ? .canceled : .timedOut
      default: return nil
      }
    }
  }

  /// What a plugin adds to a build: that for git what was checked out, Jenkins itself why the build was begun, or interrupted. Of each other
  /// action there is nothing.
  struct Action: Decodable, Sendable {
    struct Cause: Decodable, Sendable {
      let kind: String?
      private enum CodingKeys: String, CodingKey { case kind = "_class" }
    }

    struct Revision: Decodable, Sendable {
      struct Branch: Decodable, Sendable { let name: OutsideName? }

      let commit: String?
      let branches: [Branch]?

      private enum CodingKeys: String, CodingKey {
        case commit = "SHA1"
        case branches = "branch"
      }
    }

    let revision: Revision?
    let remotes: [String]?
    let causes: [Cause?]?

    private enum CodingKeys: String, CodingKey {
      case causes
      case revision = "lastBuiltRevision"
      case remotes = "remoteUrls"
    }
  }
}
