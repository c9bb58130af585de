import Hummingbird

/// The API's description: for programs at `/api/v1/openapi.json`, for people at `/api`.
struct DescriptionRoutes: Sendable {
  let operations: [Site.Operation]
  let shell: Shell

  func add(to router: Router<WebContext>) {
    let document = Description(operations: operations).document
    router.get("api/v1/openapi.json") { request, context in
      _ = try Site.viewer(of: context, .reader)
      return try JSONBody.tagged(document, for: request)
    }
    let view = DescriptionView(
      rows: operations.sorted { $0.path < $1.path }.map { operation in
        .init(
          method: operation.method.rawValue, path: "/api/v1/" + Description.template(operation), summary: operation.summary,
          role: operation.scope.map { "\(operation.role.rawValue), or scope \($0.rawValue)" } ?? operation.role.rawValue,
          parameters: operation.parameters.map { .init(name: $0.name, about: $0.about, usual: $0.usual, isNeeded: $0.isNeeded) })
      })
    router.get("api") { request, context in
      _ = try Site.viewer(of: context, .reader)
      return try shell.response(
        view, template: "api", title: "API", section: "api", viewer: context.viewer, formToken: context.formToken)
    }
  }
}

private struct DescriptionView: Sendable {
  let rows: [Row]

  struct Row: Sendable {
    let method: String
    let path: String
    let summary: String
    let role: String
    let parameters: [ParameterRow]
  }

  struct ParameterRow: Sendable {
    let name: String
    let about: String
    let usual: String?
    let isNeeded: Bool
  }
}
