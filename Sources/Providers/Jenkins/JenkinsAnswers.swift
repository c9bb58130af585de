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

    /// Nil if it hasn't finished, or did nothing.
    var outcome: Build.Outcome? {
      guard building != true else { return nil }
      switch result {
      case "SUCCESS": return .success
      // Jenkins calls a build with failed tests unstable.
      case "FAILURE", "UNSTABLE": return .failure
      // Somebody, or a time limit: Jenkins doesn't tell them apart.
      case "ABORTED": return .canceled
      default: return nil
      }
    }
  }

  /// What the plugin for git adds to a build; other actions have none of it.
  struct Action: Decodable, Sendable {
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

    private enum CodingKeys: String, CodingKey {
      case revision = "lastBuiltRevision"
      case remotes = "remoteUrls"
    }
  }
}
