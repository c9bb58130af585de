import Foundation
import Hummingbird
import Model

/// The pages and actions, and how requests get to them.
struct Site {
  private let backend: Backend
  private let shell: Shell
  private let router: Router<WebContext>
  /// What the API's description is made of, in the order in which it was added.
  private(set) var operations: [Operation] = []

  init(backend: Backend, shell: Shell, router: Router<WebContext>) {
    self.backend = backend
    self.shell = shell
    self.router = router
  }

  /// A way of the API, as its description tells it.
  struct Operation: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let summary: String
    let about: String
    let parameters: [Parameter]
    let role: Role
    let answer: Schema
    /// The media type of the body, where it is no object of JSON.
    var body: String?
    /// The media type of the answer.
    var answerType = "application/json"
    /// A scope that is enough, beside the role.
    var scope: AccessScope?
    /// Fields of the body of which one at least is given.
    var oneOf: [String] = []
    /// Whether people have it as well, at the path without `api/v1`.
    var isForPeople = false
  }

  /// A way of the API that is no page and no action.
  mutating func describe(
    _ operation: Operation, _ answer: @escaping @Sendable (Request, WebContext) async throws -> Response
  ) {
    operations.append(operation)
    router.on(RouterPath("api/v1/" + operation.path), method: operation.method, use: answer)
  }

  // MARK: - Pages

  mutating func add<Value>(_ page: Page<Value>) {
    operations.append(
      Operation(
        method: .get, path: page.path, summary: page.summary, about: page.about, parameters: page.parameters, role: page.role,
        answer: page.isCounted ? Counted<Value>.schema : Value.schema, isForPeople: true))
    let (backend, shell) = (backend, shell)
    let answers = SharedAnswers<Value>(freshness: backend.freshness)
    @Sendable func load(_ input: PageInput) async throws -> Value {
      guard page.isShared else { return try await page.load(input) }
      return try await answers.answer(to: input.question) { try await page.load(input) }
    }
    router.get(RouterPath(page.path)) { request, context in
      let input = try Self.input(page.parameters, request, context, page.role, backend, strict: false)
      let view = try await page.view(try await load(input), input)
      let section = page.path.split(separator: "/").first.map(String.init) ?? ""
      return try shell.response(
        view.content, template: view.template, title: view.title, section: section, viewer: context.viewer,
        formToken: context.formToken, behind: page.isCounted ? try await backend.behind.answer : nil)
    }
    router.get(RouterPath("api/v1/" + (page.path.isEmpty ? "causes" : page.path))) { request, context in
      let input = try Self.input(page.parameters, request, context, page.role, backend, strict: true)
      let value = try await load(input)
      guard page.isCounted else { return try JSONBody.tagged(value, for: request) }
      return try JSONBody.tagged(Counted(value: value, behind: try await backend.behind.answer), for: request)
    }
  }

  /// - Parameter strict: whether a name that nothing is known of is an error. A person's browser may have added some.
  private static func input(
    _ parameters: [Parameter], _ request: Request, _ context: WebContext, _ role: Role, _ backend: Backend, strict: Bool
  ) throws -> PageInput {
    let viewer = try viewer(of: context, role)
    let query = try FormText.decode(request.uri.query ?? "", strict: strict)
    let known = parameters.filter { $0.place == .query }
    if strict, let name = query.keys.sorted().first(where: { name in !known.contains { $0.name == name } }) {
      throw WebError(
        .badRequest, "there is no parameter \(name)",
        hint: known.isEmpty ? "it takes none" : "there are: \(known.map(\.name).joined(separator: ", "))", field: name)
    }
    let given = query.merging(try pathValues(parameters, context)) { _, path in path }
    return try PageInput(
      parameters, given: given, backend: backend, viewer: viewer, path: Self.shownPath(request),
      query: query.filter { name, _ in known.contains { $0.name == name } })
  }

  // MARK: - Actions

  mutating func add(_ action: Action) {
    operations.append(
      Operation(
        method: .post, path: action.path, summary: action.summary, about: action.about, parameters: action.parameters,
        role: action.role, answer: Outcome.schema, oneOf: action.oneOf, isForPeople: true))
    let backend = backend
    router.post(RouterPath(action.path)) { request, context in
      let (done, _) = try await Self.perform(action, request, context, backend, asJSON: false)
      return Response(status: .seeOther, headers: [.location: done.location])
    }
    router.post(RouterPath("api/v1/" + action.path)) { request, context in
      let (done, _) = try await Self.perform(action, request, context, backend, asJSON: true)
      return try JSONBody.response(Outcome(detail: done.detail, location: done.location))
    }
  }

  private static func perform(
    _ action: Action, _ request: Request, _ context: WebContext, _ backend: Backend, asJSON: Bool
  ) async throws -> (Action.Done, PageInput) {
    let viewer = try viewer(of: context, action.role)
    let known = action.parameters.filter { $0.place == .form }
    var fields: [String: String] = [:]
    func check(_ names: some Sequence<String>) throws {
      guard let name = names.sorted().first(where: { name in !known.contains { $0.name == name } }) else { return }
      throw WebError(
        .badRequest, "there is no field \(name)",
        hint: known.isEmpty ? "it takes none" : "there are: \(known.map(\.name).joined(separator: ", "))", field: name)
    }
    if asJSON {
      // A program's request, which a page of another site can't make a browser send.
      let members = try await FormText.members(of: request)
      try check(members.keys)
      for parameter in known { fields[parameter.name] = try members[parameter.name].flatMap { try parameter.text(of: $0) } }
    } else {
      fields = try await FormText.fields(of: request)
      let token = fields.removeValue(forKey: FormText.tokenField)
      guard viewer.way == .token || (!context.formToken.isEmpty && token == context.formToken) else {
        throw WebError(.forbidden, "the form is too old, or not one of ours", hint: "load the page again, and try once more")
      }
      try check(fields.keys)
    }
    do {
      let given = fields.merging(try pathValues(action.parameters, context)) { _, path in path }
      let input = try PageInput(
        action.parameters, given: given, backend: backend, viewer: viewer, path: shownPath(request), query: [:])
      return (try await action.perform(input), input)
    } catch {
      guard !asJSON, let form = action.form, var refusal = WebError(describing: error) else { throw error }
      refusal.back = form.filled(in: fields)
      throw refusal
    }
  }

  // MARK: -

  /// Has other methods on the paths that there are answered with those that they take (RFC 9110, 15.5.6). To be called when all is added.
  func refuseOtherMethods() {
    refuseOtherMethods(operations) { "api/v1/" + ($0.path.isEmpty ? "causes" : $0.path) }
    refuseOtherMethods(operations.filter(\.isForPeople)) { $0.path }
  }

  private func refuseOtherMethods(_ operations: [Operation], at path: (Operation) -> String) {
    for (path, operations) in Dictionary(grouping: operations, by: path) {
      let allowed = Set(operations.flatMap { $0.method == .get ? [.get, .head] : [$0.method] })
      let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
      for method: HTTPRequest.Method in [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .init("QUERY")!,
      ]
      where !allowed.contains(method) {
        router.on(RouterPath(path), method: method) { _, _ -> Response in
          throw WebError(.methodNotAllowed, "it takes \(names)", headers: [.allow: names])
        }
      }
    }
  }

  static func viewer(of context: WebContext, _ role: Role) throws -> Viewer {
    guard let viewer = context.viewer else {
      if context.sender != nil { throw WebError(.forbidden, "the token may enter logs, and nothing else") }
      throw WebError(.unauthorized, "log in first", hint: "open /login, or send a token", headers: [.wwwAuthenticate: "Bearer"])
    }
    guard viewer.role >= role else {
      throw WebError(.forbidden, "it takes the role \(role.rawValue), and \(viewer.name) has \(viewer.role.rawValue)")
    }
    return viewer
  }

  private static func pathValues(_ parameters: [Parameter], _ context: WebContext) throws -> [String: String] {
    var values: [String: String] = [:]
    for parameter in parameters where parameter.place == .path {
      let raw = context.parameters.get(parameter.name) ?? context.parameters.getCatchAll().joined(separator: "/")
      guard let text = raw.removingPercentEncoding else { throw WebError(.badRequest, "the address is not encoded well") }
      values[parameter.name] = text
    }
    return values
  }

  /// The page's own path, for a request of the API as well.
  private static func shownPath(_ request: Request) -> String {
    let path = request.uri.path
    guard path.hasPrefix("/api/v1/") else { return path }
    let own = String(path.dropFirst("/api/v1".count))
    return own == "/causes" ? "/" : own
  }
}
