import Foundation
import Model

/// Reads what CircleCI sends to `/webhooks/circleci`.
///
/// Source: "Outbound webhooks" and its reference in CircleCI's documentation.
package struct CircleCIWebhook: WebhookReader {
  package let provider = CircleCI.name

  package init() {}

  /// The header holds a list of signatures by versions, of which `v1` is the only one.
  package var signatureFields: [String] { ["circleci-signature"] }

  package func isSigned(_ request: WebhookRequest, secret: String) -> Bool {
    let codes = (request.headers["circleci-signature"] ?? "").split(separator: ",").prefix(10).filter { $0.hasPrefix("v1=") }
    return codes.contains { WebhookSignature.isCode($0.dropFirst(3), of: request.body, secret: secret) }
  }

  package func deliveryID(_ request: WebhookRequest) -> String {
    let event = try? StrictJSON.decode(Event.self, from: request.body)
    return WebhookSignature.checkedID(event?.id) ?? WebhookSignature.digest(request.body)
  }

  package func eventName(_ request: WebhookRequest) -> String {
    let event = try? StrictJSON.decode(Event.self, from: request.body)
    return OutsideName(event?.type ?? request.headers["circleci-event-type"] ?? "unnamed", atMost: 100).text
  }

  /// An event of a job or workflow asks for the builds of its workflow: it doesn't tell which attempt it is.
  package func events(_ request: WebhookRequest) throws -> [WebhookEvent] {
    do {
      let event = try StrictJSON.decode(Event.self, from: request.body)
      guard event.type == "job-completed" || event.type == "workflow-completed" else {
        return [.ignored("an event that isn't used")]
      }
      return [run(try StrictJSON.decode(Completed.self, from: request.body))]
    } catch {
      throw WebhookError("\(eventName(request)): \(error.what)")
    }
  }

  private func run(_ event: Completed) -> WebhookEvent {
    guard let project = CircleCIProject(event.project.slug) else { return .ignored("a project of a kind that isn't known") }
    let pipeline = event.pipeline
    guard let repository = CircleCISource.repository(project, pipeline?.vcs, pipeline?.parameters) else {
      return .ignored("a pipeline that names no repository")
    }
    guard UUID(uuidString: event.workflow.id) != nil else { return .ignored("a workflow without an id") }
    return .runFinished(repository: repository, run: event.workflow.id.lowercased(), attempt: 1)
  }

  private struct Event: Decodable {
    let id: String?
    let type: String
  }

  private struct Completed: Decodable {
    struct Project: Decodable { let slug: String }
    struct Workflow: Decodable { let id: String }
    struct Pipeline: Decodable {
      let vcs: CircleCIAnswers.VCS?
      let parameters: CircleCITrigger?

      private enum CodingKeys: String, CodingKey {
        case vcs
        case parameters = "trigger_parameters"
      }
    }

    let project: Project
    let workflow: Workflow
    let pipeline: Pipeline?
  }
}
