import Model

/// In which order a trial's parts are told: the most frequent first, and the same for the same report.
extension TrialReport {
  package var jobsInOrder: [(job: Job, count: Count)] {
    jobs.map { (job: $0.key, count: $0.value) }.sorted {
      ($1.count.builds, $1.count.findings, $0.job.fullName) < ($0.count.builds, $0.count.findings, $1.job.fullName)
    }
  }

  package var groupsInOrder: [(key: String, group: Group)] {
    groups.map { (key: $0.key, group: $0.value) }.sorted { ($1.group.findings, $0.key) < ($0.group.findings, $1.key) }
  }

  package var changesInOrder: [(change: KindChange, count: Int)] {
    changes.map { (change: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.change.before.rawValue, $0.change.after.rawValue) < (
        $0.count, $1.change.before.rawValue, $1.change.after.rawValue
      )
    }
  }

  package var overlapsInOrder: [(pattern: PatternID, overlap: Overlap)] {
    overlaps.map { (pattern: $0.key, overlap: $0.value) }.sorted {
      ($1.overlap.lines, $1.overlap.builds, $0.pattern.rawValue) < ($0.overlap.lines, $0.overlap.builds, $1.pattern.rawValue)
    }
  }
}

extension TrialReport.Job {
  /// `owner/name workflow/job`.
  package var fullName: String { "\(repository) " + (workflow.isEmpty ? name : "\(workflow)/\(name)") }
}
