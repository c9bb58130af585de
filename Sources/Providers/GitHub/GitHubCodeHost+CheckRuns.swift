import Curl
import Foundation

extension GitHubCodeHost {
  /// Creates a check run on a commit, with all its annotations.
  ///
  /// After an error that leaves open whether it was created, `checkRuns` tells; it also tells how many annotations went with it.
  @discardableResult
  package func create(_ run: CheckRun, on commit: String, in repository: String) async throws -> PostedCheckRun {
    var call = try GitHubCall("create a check run on \(commit) of \(repository)", .post, ["check-runs"], in: repository)
    call.body = try StrictJSON.encode(
      Body(run, commit: commit, annotations: run.annotations.prefix(CheckRun.annotationsPerRequest)))
    let created = try await client.value(Listed.self, of: call).model
    let rest = run.annotations.dropFirst(CheckRun.annotationsPerRequest)
    return rest.isEmpty ? created : try await update(created.id, to: run, adding: rest, in: repository)
  }

  /// Makes a check run be this one. Annotations are added to those that it has.
  @discardableResult
  package func update(_ id: Int, to run: CheckRun, in repository: String) async throws -> PostedCheckRun {
    try await update(id, to: run, adding: run.annotations[...], in: repository)
  }

  private func update(
    _ id: Int, to run: CheckRun, adding annotations: ArraySlice<CheckRun.Annotation>, in repository: String
  ) async throws -> PostedCheckRun {
    var rest = annotations
    while true {
      var call = try GitHubCall("update check run \(id) of \(repository)", .patch, ["check-runs", String(id)], in: repository)
      call.body = try StrictJSON.encode(Body(run, commit: nil, annotations: rest.prefix(CheckRun.annotationsPerRequest)))
      let updated = try await client.value(Listed.self, of: call).model
      rest = rest.dropFirst(CheckRun.annotationsPerRequest)
      if rest.isEmpty { return updated }
    }
  }

  /// The check runs of a commit that have a name; of several by one app, the newest.
  package func checkRuns(of commit: String, named name: String, in repository: String) async throws -> [PostedCheckRun] {
    struct Page: Decodable, Sendable {
      let runs: [Listed]

      private enum CodingKeys: String, CodingKey { case runs = "check_runs" }
    }
    var call = try GitHubCall(
      "list the check runs of \(commit) of \(repository)", ["commits", commit, "check-runs"], in: repository)
    call.query = [("check_name", name), ("filter", "latest")]
    var all: [PostedCheckRun] = []
    try await client.pages(of: Page.self, call) { page in
      all += page.runs.map(\.model)
      return true
    }
    return all
  }

  private struct Body: Encodable {
    let name: String
    let head_sha: String?
    let external_id: String?
    let details_url: String?
    let status: String
    let conclusion: CheckRun.Conclusion?
    let output: Output
    let actions: [Action]

    struct Output: Encodable {
      let title: String
      let summary: String
      let text: String?
      let annotations: [Annotation]?
    }

    struct Annotation: Encodable {
      let path: String
      let start_line: Int
      let end_line: Int
      let annotation_level: CheckRun.Annotation.Level
      let message: String
      let title: String?
      let raw_details: String?
    }

    struct Action: Encodable {
      let label: String
      let description: String
      let identifier: String
    }

    /// - Parameter commit: which a check run keeps for good; nil for an update.
    init(_ run: CheckRun, commit: String?, annotations: ArraySlice<CheckRun.Annotation>) {
      name = run.name
      head_sha = commit
      external_id = run.externalID
      details_url = run.link
      switch run.progress {
      case .queued: (status, conclusion) = ("queued", nil)
      case .inProgress: (status, conclusion) = ("in_progress", nil)
      case .completed(let end): (status, conclusion) = ("completed", end)
      }
      output = Output(
        title: BoundedText.characters(run.title, atMost: 255),
        summary: BoundedText.bytes(run.summary, atMost: CheckRun.longestOutput),
        text: run.text.map { BoundedText.bytes($0, atMost: CheckRun.longestOutput) },
        annotations: annotations.isEmpty
          ? nil
          : annotations.map { annotation in
            Annotation(
              path: annotation.path, start_line: annotation.startLine, end_line: annotation.endLine,
              annotation_level: annotation.level,
              message: BoundedText.bytes(annotation.message, atMost: 64 << 10),
              title: annotation.title.map { BoundedText.characters($0, atMost: 255) },
              raw_details: annotation.details.map { BoundedText.bytes($0, atMost: 64 << 10) })
          })
      actions = run.actions.prefix(CheckRun.mostActions).map {
        Action(label: $0.label, description: $0.description, identifier: $0.identifier)
      }
    }
  }

  private struct Listed: Decodable, Sendable {
    let id: Int
    let name: OutsideName
    let commit: ObjectName
    let externalID: String?
    let status: String
    let conclusion: String?
    let output: Output?
    let app: App?

    struct Output: Decodable, Sendable {
      let title, summary: String?
      let annotations: Int?

      private enum CodingKeys: String, CodingKey {
        case title, summary
        case annotations = "annotations_count"
      }
    }

    struct App: Decodable, Sendable { let id: Int }

    private enum CodingKeys: String, CodingKey {
      case id, name, status, conclusion, output, app
      case commit = "head_sha"
      case externalID = "external_id"
    }

    var model: PostedCheckRun {
      PostedCheckRun(
        id: id, name: name.text, commit: commit.text, externalID: externalID,
        conclusion: conclusion.flatMap { .init(rawValue: $0) },
        isCompleted: status == "completed", title: output?.title, summary: output?.summary, annotations: output?.annotations ?? 0,
        app: app?.id)
    }
  }
}
