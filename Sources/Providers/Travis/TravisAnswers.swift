import Model

/// What Travis' API v3 answers, as far as it is used.
enum TravisAnswers {
  struct Page: Decodable, Sendable {
    struct Pagination: Decodable, Sendable {
      struct Next: Decodable, Sendable { let offset: Int }
      let next: Next?
    }

    let builds: [Run]
    let pagination: Pagination?

    private enum CodingKeys: String, CodingKey {
      case builds
      case pagination = "@pagination"
    }
  }

  struct Run: Decodable, Sendable {
    struct Branch: Decodable, Sendable { let name: OutsideName }
    struct Commit: Decodable, Sendable { let sha: ObjectName }
    struct Repository: Decodable, Sendable { let slug: OutsideName }

    let id: Int
    let state: String
    /// `push`, `pull_request`, `cron`, `api`.
    let eventType: OutsideName?
    let pullRequest: Int?
    let startedAt: Moment?
    let branch: Branch?
    let repository: Repository?
    let commit: Commit
    let jobs: [Job]

    private enum CodingKeys: String, CodingKey {
      case id, state, branch, repository, commit, jobs
      case eventType = "event_type"
      case pullRequest = "pull_request_number"
      case startedAt = "started_at"
    }

    var isUnfinished: Bool { TravisAnswers.isUnfinished(state) }
  }

  struct Job: Decodable, Sendable {
    struct Configuration: Decodable, Sendable {
      let name: OutsideName?

      /// The configuration is whatever people wrote.
      init(from decoder: any Decoder) throws {
        let members = try? decoder.container(keyedBy: CodingKeys.self)
        name = try? members?.decode(OutsideName.self, forKey: .name)
      }

      private enum CodingKeys: String, CodingKey { case name }
    }

    let id: Int
    /// `123.4`: the fourth job of the repository's 123rd build.
    let number: String?
    let state: String
    let allowFailure: Bool?
    let startedAt: Moment?
    let finishedAt: Moment?
    let config: Configuration?

    private enum CodingKeys: String, CodingKey {
      case id, number, state, config
      case allowFailure = "allow_failure"
      case startedAt = "started_at"
      case finishedAt = "finished_at"
    }

    /// Restarting a job begins it anew under the same id. Some end before they begin.
    var attempt: Int { AttemptByTime.number((startedAt ?? finishedAt)?.seconds) }

    /// Nil if it hasn't finished, or failed and was allowed to.
    var outcome: Build.Outcome? {
      switch state {
      case "passed": .success
      case "failed", "errored": allowFailure == true ? nil : .failure
      case "canceled": .canceled
      default: nil
      }
    }

    /// Jobs without a name are told by their place.
    var name: String {
      if let name = config?.name?.text, !name.isEmpty { return name }
      let place = number?.split(separator: ".").last.map(String.init) ?? ""
      return place.isEmpty ? "job" : "job \(OutsideName(place, atMost: 20).text)"
    }
  }

  static func isUnfinished(_ state: String) -> Bool { ["created", "queued", "received", "booting", "started"].contains(state) }
}
