import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose requests don't come to an end: a client that sends a byte a minute holds one for ever otherwise, as it is never idle.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// From the connection to the end of the first request's head.
  private let firstLimit: TimeAmount
  /// From the end of the answer before to the end of the request's head.
  private let headLimit: TimeAmount
  /// From there to the end of its body, which may be a large log.
  private let bodyLimit: TimeAmount
  private var timer: Scheduled<Void>?

  init(firstLimit: TimeAmount, headLimit: TimeAmount, bodyLimit: TimeAmount) {
    self.firstLimit = firstLimit
    self.headLimit = headLimit
    self.bodyLimit = bodyLimit
  }

  func handlerAdded(context: ChannelHandlerContext) { start(firstLimit, context) }
  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .head: start(bodyLimit, context)
    case .body: break
    case .end: timer?.cancel()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = Self.unwrapOutboundIn(data) { start(headLimit, context) }
    context.write(data, promise: promise)
  }

  private func start(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
    timer?.cancel()
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: limit) { channel.close(mode: .all, promise: nil) }
  }
}
