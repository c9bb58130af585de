/// The external id of a build: the job's number, behind the project's slug where the repository's name doesn't give it.
struct CircleCIJobID: Sendable, Equatable {
  let project: CircleCIProject
  let number: Int

  init(project: CircleCIProject, number: Int) {
    self.project = project
    self.number = number
  }

  init?(externalID: String, repository: String) {
    let parts = externalID.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 1 || parts.count == 4, let number = PositiveNumber.read(parts[parts.count - 1]) else { return nil }
    let slug = parts.count == 1 ? repository : parts.dropLast().joined(separator: "/")
    guard let project = CircleCIProject(slug) else { return nil }
    self.init(project: project, number: number)
  }

  var externalID: String { project.system == "gh" ? String(number) : "\(project.slug)/\(number)" }
}
