import Model

/// Everything that the verdict on one failed build rests on.
package struct BuildEvidence: Sendable {
  /// Names the build for who asks; nothing is decided by it.
  package var id: Int64
  package var provider: String
  package var workflow: String
  package var job: String
  package var attempt: Int
  /// What the attempts are counted in; as `Build.run`.
  package var run: String
  package var outcome: Build.Outcome
  /// Where people look at the build.
  package var url: String?
  package var listing: Listing
  /// In the order of the steps.
  package var logs: [LogEvidence]
  /// What the same job failed with at the merge base or the latest finished ancestor; nil where nothing is known of it.
  package var base: BaseEvidence?
  /// The known problems that cover the repository, job, branch and commit.
  package var knownProblems: [KnownProblemEvidence]
  /// A person's word on this build, which stands whatever a rescan finds.
  package var overrule: Overrule?

  package init(
    id: Int64 = 0, provider: String = "", workflow: String = "", job: String, attempt: Int = 1, run: String = "",
    outcome: Build.Outcome, url: String? = nil, listing: Listing = .listed, logs: [LogEvidence] = [],
    base: BaseEvidence? = nil, knownProblems: [KnownProblemEvidence] = [], overrule: Overrule? = nil
  ) {
    self.id = id
    self.provider = provider
    self.workflow = workflow
    self.job = job
    self.attempt = attempt
    self.run = run
    self.outcome = outcome
    self.url = url
    self.listing = listing
    self.logs = logs
    self.base = base
    self.knownProblems = knownProblems
    self.overrule = overrule
  }

  /// Whether it is known which logs the build has.
  package enum Listing: Sendable, Equatable {
    case listed
    /// Not asked of the provider yet, or not answered.
    case pending
    /// The provider doesn't have the build any more.
    case gone
    case failed
  }

  package struct LogEvidence: Sendable {
    package var step: String
    package var state: FetchState
    /// Whether every active pattern has been tried on it.
    package var isScanned: Bool
    package var inconclusive: [PatternRank]
    /// Of each pattern at least the last one.
    package var findings: [FindingEvidence]
    /// Patterns of which there are more findings than were kept.
    package var overflowing: Set<PatternID>

    package init(
      step: String = "", state: FetchState = .stored, isScanned: Bool = true, inconclusive: [PatternRank] = [],
      findings: [FindingEvidence] = [], overflowing: Set<PatternID> = []
    ) {
      self.step = step
      self.state = state
      self.isScanned = isScanned
      self.inconclusive = inconclusive
      self.findings = findings
      self.overflowing = overflowing
    }
  }

  package struct KnownProblemEvidence: Sendable {
    package var reason: String
    /// The patterns that it is limited to; empty: any failure.
    package var patterns: Set<PatternID>

    package init(reason: String, patterns: Set<PatternID> = []) {
      self.reason = reason
      self.patterns = patterns
    }
  }

  package struct Overrule: Sendable {
    package var kind: BuildKind
    package var who: String
    package var reason: String

    package init(kind: BuildKind, who: String, reason: String) {
      self.kind = kind
      self.who = who
      self.reason = reason
    }
  }
}

/// What makes two findings the same failure.
package struct Failure: Hashable, Sendable {
  package var pattern: PatternID
  package var group: String

  package init(pattern: PatternID, group: String) {
    self.pattern = pattern
    self.group = group
  }

  /// Whether the group tells one failure from another. A mere number, such as how many tests failed, or nothing at all, names none:
  /// others may fail at the base.
  package var isNamed: Bool { group.replacing("\\N", with: "").contains(where: \.isLetter) }
}

/// What a pattern weighs against others.
package struct PatternRank: Sendable, Hashable {
  package var id: PatternID
  package var verdict: PatternVerdict
  package var priority: Int
  package var fallback: Bool
  package var reviewBy: CalendarDay?
  /// Why it isn't believed any more, in words; nil if it is.
  package var suspicion: String?

  package init(
    id: PatternID, verdict: PatternVerdict, priority: Int = Pattern.defaultPriority, fallback: Bool = false,
    reviewBy: CalendarDay? = nil, suspicion: String? = nil
  ) {
    self.id = id
    self.verdict = verdict
    self.priority = priority
    self.fallback = fallback
    self.reviewBy = reviewBy
    self.suspicion = suspicion
  }

  package init(_ pattern: Pattern) {
    self.init(
      id: pattern.id, verdict: pattern.verdict, priority: pattern.priority, fallback: pattern.fallback,
      reviewBy: pattern.reviewBy)
  }

  /// Whether its day of review has come.
  package func isPastReview(_ today: CalendarDay) -> Bool { reviewBy.map { today >= $0 } ?? false }

  package func excuses(_ today: CalendarDay) -> Bool { verdict.excuses && suspicion == nil && !isPastReview(today) }

  /// Orders by what decides before the place in the log does; the greater one wins.
  func weight(_ today: CalendarDay) -> (Int, Int, Int) { (fallback ? 0 : 1, priority, excuses(today) ? 0 : 1) }
}

package struct FindingEvidence: Sendable {
  package var rank: PatternRank
  package var title: String
  package var group: String
  /// From 1.
  package var line: Int
  package var text: String
  /// What to do about it, in the words of the pattern's author.
  package var remedy: String?
  /// The place in the source that the pattern captured, as `file` and `line`.
  package var source: SourcePlace?

  package var failure: Failure { Failure(pattern: rank.id, group: group) }

  package struct SourcePlace: Sendable, Equatable {
    package var file: String
    /// From 1.
    package var line: Int

    /// Nil unless the captures name a file below the repository's root and a line.
    package init?(_ finding: Finding) {
      guard let file = finding.capture("file"), let line = finding.capture("line").flatMap({ Int($0) }),
        (1..<10_000_000).contains(line)
      else { return nil }
      guard !file.isEmpty, !file.hasPrefix("/"), !file.contains(".."), !file.contains("\\"), file.utf8.count <= 1_024 else {
        return nil
      }
      self.file = file.hasPrefix("./") ? String(file.dropFirst(2)) : file
      self.line = line
    }
  }

  package init(
    rank: PatternRank, title: String = "", group: String = "", line: Int, text: String = "", remedy: String? = nil,
    source: SourcePlace? = nil
  ) {
    self.rank = rank
    self.title = title
    self.group = group
    self.line = line
    self.text = text
    self.remedy = remedy
    self.source = source
  }
}
