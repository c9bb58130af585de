import NIOCore
import NIOHTTP1

/// What old clients, and those that take the server for a proxy, say in the first line of a request. Behind it nobody knows that line any
/// more.
///
/// - Connections of HTTP/1.0 are closed behind the answer, whose end such clients may not know otherwise (RFC 9112, 9.3).
/// - The host of a whole address counts, and not what `Host` says (RFC 9112, 3.2.2).
final class OldClients: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = Self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    let host = Self.host(inTarget: head.uri)
    let isOld = head.version.major == 1 && head.version.minor == 0
    guard isOld || host != nil else { return context.fireChannelRead(data) }
    if isOld { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    if let host { head.headers.replaceOrAdd(name: "Host", value: host) }
    context.fireChannelRead(Self.wrapInboundOut(.head(head)))
  }

  /// The host and port of `http://localhost:8080/…`; nil for a path.
  private static func host(inTarget target: String) -> String? {
    guard !target.hasPrefix("/"), let scheme = target.firstRange(of: "://") else { return nil }
    let authority = target[scheme.upperBound...].prefix { !"/?#".contains($0) }
    // Before an @ stands who asks, which is no part of the name.
    return authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init)
  }
}
