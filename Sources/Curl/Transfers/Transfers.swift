import Synchronization

/// Requests as they are: redirects are followed, nothing is tried again.
enum Transfers {
  private static let places = TransferPlaces(64)
  /// Of each host. Who waits for one of its connections waits here, where no time runs out.
  private static let hostPlaces = Mutex<[HTTPOrigin: TransferPlaces]>([:])

  /// - Parameter sink: takes the body of an answer of 2xx.
  static func send(_ request: HTTPRequest, _ trust: HTTPTrust, into sink: BodySink?) async throws(CurlError) -> HTTPResponse {
    let cancelled = CurlError(.cancelled, operation: "request", subject: request.subject, cause: "the task was cancelled")
    let host = hostPlaces.withLock { all in
      let known = all[request.url.origin] ?? TransferPlaces(TransferLoop.mostConnectionsOfAHost)
      all[request.url.origin] = known
      return known
    }
    do { try await host.take() } catch { throw cancelled }
    defer { host.giveBack() }
    do { try await places.take() } catch { throw cancelled }
    defer { places.giveBack() }
    var next = request
    let most = request.limits.redirects
    for _ in 0...(most ?? 0) {
      let response = try await unsafe one(next, trust, into: sink)
      guard most != nil, let step = try redirected(next, by: response) else { return response }
      next = step
    }
    throw CurlError(
      .refusedRedirect, operation: "follow a redirect", subject: request.subject,
      cause: "there are more than \(most ?? 0)")
  }

  private static func one(_ request: HTTPRequest, _ trust: HTTPTrust, into sink: BodySink?) async throws(CurlError) -> HTTPResponse
  {
    let held = HeldTransfer()
    let result: Result<HTTPResponse, CurlError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let transfer = unsafe Transfer(request, trust, into: sink) { continuation.resume(returning: $0) }
        held.hold(transfer)
        TransferLoop.shared.add(transfer)
      }
    } onCancel: {
      held.cancel()
    }
    return try result.get()
  }

  /// The request that an answer sends us to (RFC 9110, section 15.4); nil if it doesn't.
  static func redirected(_ request: HTTPRequest, by response: HTTPResponse) throws(CurlError) -> HTTPRequest? {
    guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["Location"] else { return nil }
    func refuse(_ cause: String) -> CurlError {
      CurlError(.refusedRedirect, operation: "follow a redirect", subject: request.subject, cause: cause)
    }
    let url: HTTPURL
    do throws(CurlError) { url = try request.url.resolving(location) } catch { throw refuse(error.cause) }
    if request.url.origin.scheme == "https", url.origin.scheme != "https" { throw refuse("it leads from https to http") }
    var next = request
    next.url = url
    // What proves who asks is for the one who was asked, and so is what was sent along.
    if url.origin != request.url.origin { next.headers = request.headers.withoutSecrets }
    // A 302 may be what a form's sender is shown afterwards; what has moved for good, such as a renamed repository, still wants it all.
    if response.status == 303 && request.method != .head || (response.status == 302 && request.method == .post) {
      next.method = .get
      next.body = nil
      next.headers.remove("Content-Type")
    } else if !request.method.isSafe, url.origin != request.url.origin {
      throw refuse("it asks to send the request's body to another host")
    }
    return next
  }
}
