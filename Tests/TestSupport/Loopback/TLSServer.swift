import Foundation
import Synchronization

/// TLS on 127.0.0.1: openssl(1) has the certificate and the encryption, and hands on what is inside to a socket of ours.
///
/// One connection after another, which all come out of the same socket.
package final class TLSServer: Sendable {
  package let port: Int
  /// The certificate, which is its own authority, as PEM.
  package let certificate: String
  /// Whom a test gives its answers to: the decrypted side.
  package let plain: Int32
  private let folder: ScratchDirectory
  private let process: Process

  package var url: String { "https://127.0.0.1:\(port)" }

  private final class ScratchDirectory: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "culprit-tls-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  /// - Parameter protocols: what the server agrees to by ALPN (RFC 7301): `h2`, `http/1.1`.
  package init(protocols: String) throws {
    folder = try ScratchDirectory()
    certificate = folder.path + "/certificate.pem"
    let made = Process()
    made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    made.arguments = [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=culprit test",
      "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", folder.path + "/key.pem", "-out", certificate,
    ]
    made.standardError = FileHandle.nullDevice
    try made.run()
    made.waitUntilExit()

    // A port that is free now; openssl tells nobody which one it took by itself.
    let free = try LoopbackServer { _ in .nothing }
    port = free.port
    free.stop()
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw POSIXError(.EMFILE)
    }
    plain = ends[0]
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", folder.path + "/key.pem",
      "-alpn", protocols,
    ]
    let inner = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    process.standardInput = inner
    process.standardOutput = inner
    process.standardError = FileHandle.nullDevice
    try process.run()
    while !isListening, process.isRunning { usleep(1_000) }
  }

  deinit {
    // What is started from a thread of Dispatch has its signals blocked.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    close(plain)
  }

  /// Serves HTTP/1.1 as a `LoopbackServer` does.
  package func serve(_ handler: @Sendable @escaping (LoopbackServer.Request) -> LoopbackServer.Answer) {
    let plain = plain
    Thread.detachNewThread { LoopbackServer.converse(plain, handler) }
  }

  private var isListening: Bool {
    let wanted = ":" + String(format: "%04X", port)
    let sockets = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
    return sockets.split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.count > 3 && words[1].hasSuffix(wanted) && words[3] == "0A"
    }
  }
}
