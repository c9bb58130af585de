/// What makes builds runs of the same job.
package struct JobIdentity: Sendable, Hashable, Comparable {
  package let repository, provider, workflow, job: String

  package init(repository: String, provider: String, workflow: String, job: String) {
    self.repository = repository
    self.provider = provider
    self.workflow = workflow
    self.job = job
  }

  package static func < (left: JobIdentity, right: JobIdentity) -> Bool {
    (left.repository, left.provider, left.workflow, left.job) < (right.repository, right.provider, right.workflow, right.job)
  }
}

extension Build {
  package var jobIdentity: JobIdentity { JobIdentity(repository: repository, provider: provider, workflow: workflow, job: job) }

  /// Whether two builds of a commit are attempts of one thing: the same job in the same run.
  package func isSameJob(as other: Build) -> Bool { jobIdentity == other.jobIdentity && run == other.run }
}
