/// A curated failure pattern, as its file says it.
package struct Pattern: Sendable, Equatable {
  package var id: PatternID
  /// What went wrong, for the pull request's author; may hold `${name}` of a capture.
  package var title: String
  /// What is matched; a change to it makes a new revision.
  package var definition: MatchDefinition
  package var verdict: PatternVerdict
  /// Link of the problem's ticket.
  package var issue: String?
  /// 0 to 100; the higher wins a log where several patterns match.
  package var priority: Int
  /// Shown only where no other pattern matched.
  package var fallback: Bool
  /// Names (or numbers) of the captures that make two findings the same failure; empty: the whole match.
  package var groupBy: [String]
  package var tags: [String]
  package var owner: String?
  /// What to do, in Markdown.
  package var remedy: String?
  /// From this day on the pattern excuses nothing until someone renews it.
  package var reviewBy: CalendarDay?
  /// Kept for its findings, no longer tried.
  package var retired: Bool
  package var examples: Examples

  package init(
    id: PatternID, title: String, definition: MatchDefinition, verdict: PatternVerdict, issue: String? = nil,
    priority: Int = Pattern.defaultPriority, fallback: Bool = false, groupBy: [String] = [], tags: [String] = [],
    owner: String? = nil, remedy: String? = nil, reviewBy: CalendarDay? = nil, retired: Bool = false,
    examples: Examples = Examples()
  ) {
    self.id = id
    self.title = title
    self.definition = definition
    self.verdict = verdict
    self.issue = issue
    self.priority = priority
    self.fallback = fallback
    self.groupBy = groupBy
    self.tags = tags
    self.owner = owner
    self.remedy = remedy
    self.reviewBy = reviewBy
    self.retired = retired
    self.examples = examples
  }

  package static let defaultPriority = 50

  /// Lines (or blocks of lines, for a sequence) that the pattern must and must not find.
  package struct Examples: Sendable, Equatable {
    package var hits: [Example]
    package var misses: [Example]

    package init(hits: [Example] = [], misses: [Example] = []) {
      self.hits = hits
      self.misses = misses
    }
  }

  package struct Example: Sendable, Equatable {
    package var text: String
    /// What the captures must hold, by name or number; only for hits.
    package var captures: [String: String]

    package init(text: String, captures: [String: String] = [:]) {
      self.text = text
      self.captures = captures
    }
  }
}

/// What a pattern says of a build that it explains.
package enum PatternVerdict: String, Sendable, CaseIterable, Codable {
  /// The change's own.
  case failure
  /// Comes and goes without a change.
  case flaky
  /// Runners, disks, quotas, services.
  case infrastructure
  /// A problem with a ticket.
  case known

  /// Whether a finding of such a pattern excuses the build.
  package var excuses: Bool { self != .failure }
}
