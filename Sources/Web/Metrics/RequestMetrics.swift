import Hummingbird
import Telemetry

/// Counts and times requests, by the route as it is written in the program: what a client asks for never becomes a label.
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
