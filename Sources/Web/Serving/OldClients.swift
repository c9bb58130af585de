import NIOCore
import NIOHTTP1

/// Has connections of HTTP/1.0 closed behind the answer, whose end such clients may not know otherwise. Behind it nobody knows the version
/// any more.
///
/// Source: RFC 9112, section 9.3.
final class OldClients: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = Self.unwrapInboundIn(data), head.version.major == 1, head.version.minor == 0 else {
      return context.fireChannelRead(data)
    }
    head.headers.replaceOrAdd(name: "Connection", value: "close")
    context.fireChannelRead(Self.wrapInboundOut(.head(head)))
  }
}
