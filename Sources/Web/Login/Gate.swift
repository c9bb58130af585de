import Crypto
import Foundation
import Hummingbird
import Model

/// Finds out who a request comes from, and refuses what other sites make browsers send.
struct Gate: RouterMiddleware {
  /// What browsers may call this server.
  let names: HostNames
  private let loopbackFormToken = SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  func handle(
    _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
  ) async throws -> Response {
    try names.check(request)
    var context = context
    context.viewer = Viewer(name: "local", role: .operator, way: .loopback)
    context.formToken = loopbackFormToken
    return try await next(request, context)
  }
}
