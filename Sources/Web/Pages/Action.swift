import Hummingbird
import Model

/// A change: a form of a page at `POST path`, and the same as JSON at `POST /api/v1` + `path`.
///
/// Forms carry the form token, which another site can't know; programs carry a token of the API, which no browser sends by itself.
struct Action: Sendable {
  /// Without the leading slash: `builds/:id/overrule`.
  let path: String
  let summary: String
  var about: String = ""
  let parameters: [Parameter]
  /// Fields of which one at least must be given, for the API's description.
  var oneOf: [String] = []
  var role: Role = .curator
  /// The page with the form, if it can be filled in by its address: who is refused finds there what they typed.
  var form: Form?
  /// Does it, and writes who did it into the audit trail in the same transaction.
  let perform: @Sendable (PageInput) async throws -> Done

  struct Form: Sendable {
    /// With a leading slash.
    let path: String
    /// The page's parameters by the form's fields.
    let parameters: [String: String]
    var fragment = ""

    /// Longer addresses some browsers don't take.
    private static let longest = 8_000

    /// Nil if that is too much for an address.
    func filled(in fields: [String: String]) -> String? {
      let query = fields.compactMap { name, text in text.isEmpty ? nil : parameters[name].map { ($0, text) } }
      let link = PageInput.link(path, Dictionary(query) { first, _ in first }) + fragment
      return link.utf8.count <= Self.longest ? link : nil
    }
  }

  struct Done: Sendable {
    /// The page that shows what came of it.
    let location: String
    /// What was done, in one line.
    let detail: String

    init(location: String, detail: String) {
      self.location = location
      self.detail = detail
    }
  }
}

/// What an action answers to programs.
struct Outcome: APIValue {
  let detail: String
  let location: String

  static let schema = Schema.object("Outcome", ["detail": .string, "location": .string])
}
