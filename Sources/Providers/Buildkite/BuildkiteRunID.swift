/// A Buildkite build, `organization/pipeline/number`.
struct BuildkiteRunID: Sendable, Equatable {
  let organization: String
  let pipeline: String
  let number: Int

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let number = Int(parts[2]), number > 0 else { return nil }
    self.init(organization: parts[0], pipeline: parts[1], number: number)
  }

  init?(organization: String, pipeline: String, number: Int) {
    guard Self.isSlug(organization), Self.isSlug(pipeline) else { return nil }
    self.organization = organization
    self.pipeline = pipeline
    self.number = number
  }

  var text: String { "\(organization)/\(pipeline)/\(number)" }
  var path: [String] { Self.path(organization, pipeline) + ["builds", String(number)] }

  static func path(_ organization: String, _ pipeline: String) -> [String] {
    ["organizations", organization, "pipelines", pipeline]
  }

  static func isSlug(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x2D || byte == 0x5F
      }
  }
}
