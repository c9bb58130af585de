import Hummingbird
import NIOCore
import Store

/// What is known of a request beside what it says.
struct WebContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Whom the connection comes from; nil for a connection without an address.
  let peer: SocketAddress?
  /// Where the request comes from, as the gate found it out: that of the peer, or what a trusted proxy says.
  var address = "unknown"
  /// Set by the login; nil before, and where nobody is logged in.
  var viewer: Viewer?
  /// By whom logs are entered; nil: who asks may not.
  var sender: Sender?
  /// What a form must send back, so that no other site's form is taken; bound to the viewer's session.
  var formToken = ""

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = source.channel.remoteAddress
  }
}
