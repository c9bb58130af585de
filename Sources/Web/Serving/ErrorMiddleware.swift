import Hummingbird
import Logging

/// Turns every error into an answer: for programs as `application/problem+json` (RFC 9457), for people as a page.
struct ErrorMiddleware: RouterMiddleware {
  let shell: Shell

  func handle(
    _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let told: WebError
      if let known = WebError(describing: error) {
        told = known
      } else if error is CancellationError {
        told = WebError(.serviceUnavailable, "the server is stopping", headers: [.retryAfter: "5"])
      } else {
        context.logger.error("\(request.method) \(request.uri.path): \(error)")
        told = WebError(.internalServerError, "something went wrong here; the log of the server tells more under \(context.id)")
      }
      return try answer(told, request, context)
    }
  }

  private func answer(_ error: WebError, _ request: Request, _ context: WebContext) throws -> Response {
    if error.status == .unauthorized, request.method == .get, shell.hasLogin,
      request.headers[.accept]?.contains("text/html") ?? false, !request.isForPrograms, request.uri.path != "/login"
    {
      return Response(status: .seeOther, headers: [.location: PageInput.link("/login", ["next": request.uri.string])])
    }
    var response =
      request.isForPrograms
      ? try JSONBody.response(
        Problem(
          title: error.status.reasonPhrase, status: error.status.code, detail: error.detail, hint: error.hint, field: error.field),
        status: error.status, type: "application/problem+json")
      : try shell.response(
        ErrorView(
          status: error.status.code, reason: error.status.reasonPhrase, detail: error.detail, hint: error.hint, back: error.back),
        template: "error", title: error.status.reasonPhrase, status: error.status, viewer: context.viewer,
        formToken: context.formToken)
    response.headers.append(contentsOf: error.headers)
    return response
  }
}

/// RFC 9457. `type` is left out: the status says all there is to say of the kind.
struct Problem: Encodable {
  let title: String
  let status: Int
  let detail: String
  let hint: String?
  let field: String?
}

private struct ErrorView: Sendable {
  let status: Int
  let reason: String
  let detail: String
  let hint: String?
  let back: String?
}

extension Request {
  /// Whether the answer is read by a program rather than in a browser.
  var isForPrograms: Bool {
    let path = uri.path
    if path.hasPrefix("/api/") || path.hasPrefix("/webhooks/") || path.hasPrefix("/health") || path == "/metrics" { return true }
    guard let accept = headers[.accept] else { return false }
    return !accept.contains("text/html") && accept.contains("json")
  }
}
