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
  private let process: pid_t

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
    let made = try Self.spawn([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=culprit test",
      "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", folder.path + "/key.pem", "-out", certificate,
    ])
    Self.wait(for: made)

    // A port that is free now; openssl tells nobody which one it took by itself.
    let free = try LoopbackServer { _ in .nothing }
    port = free.port
    free.stop()
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw POSIXError(.EMFILE)
    }
    plain = ends[0]
    process = try Self.spawn(
      [
        "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", folder.path + "/key.pem",
        "-alpn", protocols,
      ], socket: ends[1])
    close(ends[1])
    while !isListening, kill(process, 0) == 0 { usleep(1_000) }
  }

  deinit {
    kill(process, SIGKILL)
    Self.wait(for: process)
    close(plain)
  }

  /// - Parameter socket: what becomes the program's standard input and output.
  private static func spawn(_ command: [String], socket: Int32? = nil) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    for descriptor: Int32 in 0...1 {
      if let socket {
        posix_spawn_file_actions_adddup2(&files, socket, descriptor)
      } else {
        posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0)
      }
    }
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
    var words = (["env"] + command).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, "/usr/bin/env", &files, nil, &words, environ)
    guard error == 0 else { throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EINVAL) }
    return process
  }

  private static func wait(for process: pid_t) {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
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
