import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Closes connections on which a request's body or an answer doesn't come to an end. Heads and pauses between requests are limited by the
/// server's own idle time; it doesn't count while an answer is being written, and a byte a minute of a body is not idle. Tells
/// `ConnectionPlaces` while the client is waited for.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// From the connection to the first request's head.
  private let firstLimit: TimeAmount
  /// From a request's head to the end of its body, which may be a large log.
  private let bodyLimit: TimeAmount
  /// For so long the client may take nothing of an answer that is ready for it.
  private let writeLimit: TimeAmount
  private var reading: Scheduled<Void>?
  private var writing: Scheduled<Void>?
  /// Parts of answers that the system hasn't taken yet.
  private var unwritten = 0

  private let places: ConnectionPlaces
  /// While the client is waited for: the connection's number among those.
  private var waiting: UInt64?
  private var isOpen = false
  private var coming = Coming.head
  /// Requests that aren't answered to the end.
  private var unanswered = 0

  /// What the client is to send next.
  private enum Coming {
    /// Of a request, the first or another.
    case head
    case body
    /// What is left of a body whose request is answered already, as when it was refused.
    case rest
  }

  /// For so long what is left of a body is taken whose request is answered already.
  private static let lingering = TimeAmount.seconds(5)

  init(places: ConnectionPlaces, firstLimit: TimeAmount, bodyLimit: TimeAmount, writeLimit: TimeAmount) {
    self.places = places
    self.firstLimit = firstLimit
    self.bodyLimit = bodyLimit
    self.writeLimit = writeLimit
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // There is no other place from which to reach in front of the server's translation into parts without a version.
    let pipeline = context.pipeline.syncOperations
    if let codec = try? pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self) {
      try? pipeline.addHandler(OldClients(), position: .before(codec.handler))
    }
    expect(.head, for: firstLimit, context)
    isOpen = true
    places.enter()
    somethingCameOrWent(context.channel)
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .head:
      unanswered += 1
      expect(.body, for: bodyLimit, context)
    case .body: break
    case .end: expect(.head, for: nil, context)
    }
    somethingCameOrWent(context.channel)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let promise = promise ?? context.eventLoop.makePromise()
    let channel = context.channel
    var isEnd = false
    if case .end = Self.unwrapOutboundIn(data) { isEnd = true }
    unwritten += 1
    if writing == nil { writing = close(in: writeLimit, context) }
    promise.futureResult.assumeIsolated().whenComplete { _ in
      // Something was taken: the time for what is left begins anew.
      self.unwritten -= 1
      self.writing?.cancel()
      self.writing = self.unwritten > 0 ? self.close(in: self.writeLimit, context) : nil
      if isEnd {
        // A head that can't be read is answered, and no request.
        self.unanswered = max(0, self.unanswered - 1)
        if self.coming == .body, self.unanswered == 0 { self.expect(.rest, for: Self.lingering, context) }
      }
      self.somethingCameOrWent(channel)
    }
    somethingCameOrWent(channel)
    context.write(data, promise: promise)
  }

  /// - Parameter limit: of the time until all of it is there; nil: between requests the server's own idle time counts.
  private func expect(_ next: Coming, for limit: TimeAmount?, _ context: ChannelHandlerContext) {
    coming = next
    reading?.cancel()
    reading = limit.map { close(in: $0, context) }
  }

  private func close(in limit: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: limit) { channel.close(mode: .all, promise: nil) }
  }

  /// Where the client is waited for, for its request, the rest of a body, or to take what is ready for it, that begins anew.
  private func somethingCameOrWent(_ channel: any Channel) {
    if let waiting { places.endWait(waiting) }
    let waits = unanswered == 0 || coming != .head || unwritten > 0
    waiting = isOpen && waits ? places.beginWait(channel) : nil
  }

  private func cancel() {
    reading?.cancel()
    writing?.cancel()
    if let waiting { places.endWait(waiting) }
    waiting = nil
    if isOpen { places.leave() }
    isOpen = false
  }
}
