/// A check run, which shows more than a status: Markdown, annotations and buttons. Only a GitHub App may post one.
///
/// Source: "REST API endpoints for check runs" in GitHub's documentation.
package struct CheckRun: Sendable, Equatable {
  package enum Progress: Sendable, Equatable {
    case queued
    case inProgress
    case completed(Conclusion)
  }

  package enum Conclusion: String, Sendable, CaseIterable, Codable {
    case success, failure, neutral, cancelled, skipped
    case timedOut = "timed_out"
    case actionRequired = "action_required"
  }

  /// Most bytes of the summary and of the text; GitHub refuses longer ones.
  package static let longestOutput = 65_535
  /// GitHub takes so many annotations with one request; more go with further ones.
  package static let annotationsPerRequest = 50
  package static let mostActions = 3

  package var name: String
  /// Our own name for it, given back with each listing.
  package var externalID: String?
  /// Where people read on; http or https.
  package var link: String?
  package var progress: Progress
  package var title: String
  /// Markdown; sent cut to `longestOutput`.
  package var summary: String
  /// Markdown; sent cut to `longestOutput`.
  package var text: String?
  /// Those to add: GitHub keeps what was sent before.
  package var annotations: [Annotation]
  /// Buttons; GitHub shows the first `mostActions`, and more aren't sent.
  package var actions: [Action]

  package init(
    name: String = "culprit", externalID: String? = nil, link: String? = nil, progress: Progress, title: String, summary: String,
    text: String? = nil, annotations: [Annotation] = [], actions: [Action] = []
  ) {
    self.name = name
    self.externalID = externalID
    self.link = link
    self.progress = progress
    self.title = title
    self.summary = summary
    self.text = text
    self.annotations = annotations
    self.actions = actions
  }

  /// A note beside lines of a file.
  package struct Annotation: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable, Codable {
      case notice, warning, failure
    }

    /// Below the repository's root.
    package var path: String
    /// From 1.
    package var startLine: Int
    /// At least `startLine`.
    package var endLine: Int
    package var level: Level
    /// Sent cut to 64 KiB.
    package var message: String
    /// Sent cut to 255 characters.
    package var title: String?
    /// Sent cut to 64 KiB.
    package var details: String?

    package init(
      path: String, startLine: Int, endLine: Int? = nil, level: Level, message: String, title: String? = nil, details: String? = nil
    ) {
      self.path = path
      self.startLine = max(1, startLine)
      self.endLine = max(self.startLine, endLine ?? startLine)
      self.level = level
      self.message = message
      self.title = title
      self.details = details
    }
  }

  /// A button.
  package struct Action: Sendable, Equatable {
    package let label: String
    package let description: String
    /// What the event of the press says.
    package let identifier: String

    /// - Parameters:
    ///   - label: cut to 20 characters.
    ///   - description: cut to 40 characters.
    ///   - identifier: at most 20 characters; a cut one would be another.
    package init(label: String, description: String, identifier: String) {
      precondition(identifier.utf16.count <= 20, "an action's identifier has at most 20 characters")
      self.label = BoundedText.characters(label, atMost: 20)
      self.description = BoundedText.characters(description, atMost: 40)
      self.identifier = identifier
    }
  }
}

/// A check run that GitHub has.
package struct PostedCheckRun: Sendable, Equatable {
  package let id: Int
  package let name: String
  /// Full object name.
  package let commit: String
  package let externalID: String?
  /// Nil until it is completed. A word that isn't known is nil too.
  package let conclusion: CheckRun.Conclusion?
  package let isCompleted: Bool
  package let title: String?
  package let summary: String?
  package let annotations: Int
  /// The app that posted it.
  package let app: Int?
}
