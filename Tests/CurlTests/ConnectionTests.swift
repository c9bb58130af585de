import Curl
import Foundation
import TestSupport
import Testing

/// Connections: shared where they can be, and encrypted for whom they should be.
@Suite struct ConnectionTests {
  private func client(trusting certificate: String? = nil) -> HTTPClient {
    var settings = HTTPClient.Settings()
    settings.retry.mostTries = 1
    settings.trust = HTTPTrust(file: certificate)
    return HTTPClient(settings, clock: ManualClock().clock)
  }

  @Test func aConnectionIsUsedAgain() async throws {
    let server = try LoopbackServer { request in .init(200, request.target) }
    defer { server.stop() }
    let client = client()
    for number in 0..<10 { _ = try await client.send(HTTPRequest(.get, try HTTPURL("\(server.url)/\(number)"))) }
    #expect(server.requests.count == 10)
    // Other tests take places in the same pool, and may push it out of there.
    #expect(server.accepted < 10)
  }

  /// The server answers none of them before all are there, and it has one connection at a time.
  @Test(.timeLimit(.minutes(20))) func requestsShareAConnectionOfHTTP2() async throws {
    let server = try HTTP2Server(atOnce: 8)
    let client = client(trusting: server.certificate)
    try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
      for number in 0..<8 {
        let request = HTTPRequest(.get, try HTTPURL("\(server.url)/\(number)"))
        group.addTask { try await client.send(request) }
      }
      for try await response in group {
        #expect(response.version == 20)
        #expect(String(decoding: response.body, as: UTF8.self) == "stream")
      }
    }
    #expect(server.count == 8)
  }

  @Test func aCertificateThatNobodyVouchesForIsRefused() async throws {
    let server = try TLSServer(protocols: "http/1.1")
    server.serve { _ in .init(200, "hello") }
    let request = HTTPRequest(.get, try HTTPURL("\(server.url)/?sig=topsecret"))
    do {
      _ = try await client().send(request)
      Issue.record("it is believed")
    } catch {
      #expect(error.kind == .tls)
      #expect(error.cause.contains("certificate"))
      #expect(error.hint?.contains("SSL_CERT_FILE") == true)
      #expect(!error.description.contains("topsecret"))
    }
    #expect(String(decoding: try await client(trusting: server.certificate).send(request).body, as: UTF8.self) == "hello")
    // A certificate is for a name. (The first server is still held by the connection that is kept.)
    let named = try TLSServer(protocols: "http/1.1")
    let other = HTTPRequest(.get, try HTTPURL("https://localhost:\(named.port)/"))
    await #expect { _ = try await client(trusting: named.certificate).send(other) } throws: { ($0 as? CurlError)?.kind == .tls }
  }

  @Test func aFileOfCertificatesThatIsNoneIsTold() async throws {
    let server = try TLSServer(protocols: "http/1.1")
    let client = client(trusting: "/nonexistent/certificates.pem")
    await #expect { _ = try await client.send(HTTPRequest(.get, try HTTPURL(server.url))) } throws: {
      ($0 as? CurlError)?.kind == .tls
    }
  }

  @Test func theUsualVariablesNameCertificates() {
    #expect(
      HTTPTrust(environment: ["SSL_CERT_FILE": "a", "CURL_CA_BUNDLE": "b", "SSL_CERT_DIR": "c"])
        == HTTPTrust(file: "a", folder: "c"))
    #expect(HTTPTrust(environment: ["SSL_CERT_FILE": "", "CURL_CA_BUNDLE": "b"]) == HTTPTrust(file: "b"))
    #expect(HTTPTrust(environment: [:]) == HTTPTrust())
  }
}
