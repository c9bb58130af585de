import Hummingbird
import Model
import Pipeline
import Store

/// The raw bytes of a log, to be saved: never shown by the browser, as whatever is in it came from elsewhere.
struct RawLogRoute: Sendable {
  private static let path = "builds/:id/logs/:log/raw"

  let backend: Backend

  func add(to site: inout Site, _ router: Router<WebContext>) {
    router.get(RouterPath(Self.path)) { request, context in try await answer(request, context) }
    site.describe(
      Site.Operation(
        method: .get, path: Self.path, summary: "The raw bytes of a log.",
        about: "As the provider sent them, as application/octet-stream.",
        parameters: [
          .path("id", .number(1...Int.max), "The build's number."), .path("log", .number(1...Int.max), "The log's number."),
        ], role: .reader, answer: .string, answerType: "application/octet-stream")
    ) { request, context in try await answer(request, context) }
  }

  private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
    _ = try Site.viewer(of: context, .reader)
    guard let id = context.parameters.get("id", as: Int64.self), let log = context.parameters.get("log", as: Int64.self) else {
      throw WebError(.notFound, "there is no such log")
    }
    let detail = try await backend.store.buildDetail(id)
    guard let found = detail.logs.first(where: { $0.id == log }), let digest = found.digest else {
      throw WebError(.notFound, "build \(id) has no log \(log) in the archive")
    }
    var headers: HTTPFields = [
      .contentType: "application/octet-stream", .contentDisposition: "attachment; filename=\"build-\(id)-log-\(log).txt\"",
      .eTag: "\"\(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())\"", .cacheControl: "private, no-store",
    ]
    if JSONBody.isKnown(headers[.eTag] ?? "", to: request) { return Response(status: .notModified, headers: headers) }
    if let bytes = found.bytes { headers[.contentLength] = String(bytes) }
    // A log that is missing is told before the first byte; damage further on ends the answer short of its length.
    var blocks = backend.viewer.raw(digest).makeAsyncIterator()
    let first = try await blocks.next()
    let rest = blocks
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        if let first { try await writer.write(ByteBuffer(bytes: first)) }
        var rest = rest
        while let block = try await rest.next() { try await writer.write(ByteBuffer(bytes: block)) }
        try await writer.finish(nil)
      })
  }
}
