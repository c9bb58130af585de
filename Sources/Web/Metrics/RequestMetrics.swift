import Hummingbird
import Logging
import Telemetry

/// Counts, times and logs requests; counted by the route as it is written in the program, so that what a client asks for never becomes a
/// label.
struct RequestMetrics: RouterMiddleware {
  func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws
    -> Response
  {
    let began = ContinuousClock.now
    func note(_ status: Int) {
      let route = context.endpointPath ?? "none"
      let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
      Metric.httpRequests.add(1, route, method, String(status))
      Metric.httpSeconds.observe(since: began, route, method)
      // What only looks is told to who wants to know; what changes something, always. A query may hold what is nobody's business.
      let level: Logger.Level = request.method == .get || request.method == .head ? .debug : .info
      context.logger.log(
        level: level, "answered \(request.method) \(request.uri.path)",
        metadata: ["status": "\(status)", "milliseconds": "\(Int(began.duration(to: .now) / .milliseconds(1)))"])
    }
    do {
      let response = try await next(request, context)
      note(response.status.code)
      return response
    } catch let error as any HTTPResponseError {
      note(error.status.code)
      throw error
    } catch {
      note(500)
      throw error
    }
  }

  private static var methods: Set<String> { ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] }
}
