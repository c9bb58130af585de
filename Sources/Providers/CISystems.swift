/// The CI systems that Culprit asks itself.
package enum CISystems {
  /// As in `Build.provider`.
  package static let names: Set<String> = [
    Buildkite.name, CircleCI.name, Folder.name, GitHubActions.name, GitLab.name, Jenkins.name, Travis.name,
  ]
}
