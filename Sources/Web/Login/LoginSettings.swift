import HTTPTypes
import Model

/// The ways in which people and programs prove who they are.
package struct LoginSettings: Sendable {
  /// An OAuth app of GitHub.
  package struct GitHub: Sendable {
    package let client: String
    package let secret: String

    package init(client: String, secret: String) {
      self.client = client
      self.secret = secret
    }
  }

  /// A proxy that has people log in, and names them in a header.
  package struct Proxy: Sendable {
    let header: HTTPField.Name

    /// Fails for what is no header's name.
    package init?(header: String) {
      guard let header = HTTPField.Name(header) else { return nil }
      self.header = header
    }
  }

  package var github: GitHub?
  /// Taken from `proxies` only.
  package var proxy: Proxy?
  /// Proxies that are believed where a request comes from, whether or not they log people in.
  package var proxies: AddressList?
  package var rules = AccessRules([:])
  /// Nobody has to log in, as only this machine can connect.
  package var isOpen = true
  /// Requests per second from one address or token, in the long run; nil: any number.
  package var requestsPerSecond: Double? = 50

  package init() {}
}
