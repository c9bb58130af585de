import Model

/// What names one build among those of all systems.
struct BuildKey: Hashable {
  private let provider, repository, externalID: String
  private let attempt: Int

  init(_ build: Build) {
    provider = build.provider
    repository = build.repository
    externalID = build.externalID
    attempt = build.attempt
  }
}
