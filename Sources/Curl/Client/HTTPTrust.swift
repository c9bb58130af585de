import Foundation

/// Whose certificates are believed in beside or in place of the machine's own.
package struct HTTPTrust: Sendable, Equatable {
  /// A file of certificates (PEM) that takes the place of the machine's; nil: those.
  package var file: String?
  /// A folder of certificates, as `openssl rehash` names them.
  package var folder: String?

  package init(file: String? = nil, folder: String? = nil) {
    self.file = file
    self.folder = folder
  }

  /// What the variables say that OpenSSL and curl(1) know, and libcurl by itself doesn't.
  package init(environment: [String: String]) {
    func path(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
    file = path("SSL_CERT_FILE", "CURL_CA_BUNDLE")
    folder = path("SSL_CERT_DIR")
  }
}
