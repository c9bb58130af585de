import Hummingbird
import Testing

@testable import Web

/// What a server may be called by.
@Suite struct HostNamesTests {
  private func status(_ authority: String?, hosts: [String] = []) -> Int {
    var head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
    head.headerFields[values: .init("Host")!] = hosts
    do {
      try HostNames.loopback.check(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
      return 200
    } catch {
      return (error as? WebError)?.status.code ?? 500
    }
  }

  @Test func itIsOneNameOfThisMachine() {
    #expect(status("localhost:8080") == 200)
    #expect(status("[::1]:8080") == 200)
    #expect(status("localhost:8080", hosts: ["localhost:8080"]) == 200)
    #expect(status("evil.example") == 421 && status(nil) == 421)
    // Of two, a proxy could take the other one for the one that counts.
    #expect(status("localhost", hosts: ["evil.example"]) == 400)
    #expect(status(nil, hosts: ["localhost", "evil.example"]) == 400)
  }
}
