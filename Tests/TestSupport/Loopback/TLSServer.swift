import Foundation
import Synchronization

/// TLS on 127.0.0.1: openssl(1) has the certificate and the encryption, and hands on what is inside to a socket of ours.
///
/// One connection after another, which all come out of the same socket.
package final class TLSServer: Sendable {
  package let port: Int
  /// The certificate, which is its own authority, as PEM.
  package let certificate: String
  /// The decrypted side.
  private let plain: Int32
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

    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw POSIXError(.EMFILE)
    }
    plain = ends[0]
    process = try Self.spawn(
      [
        "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", folder.path + "/key.pem",
        "-alpn", protocols,
      ], socket: ends[1])
    close(ends[1])
    // Any port that is free; openssl tells nobody which one it took.
    var found = Self.listeningPort(of: process)
    while found == nil {
      var status: Int32 = 0
      guard waitpid(process, &status, WNOHANG) == 0 else { throw POSIXError(.ECHILD) }
      usleep(1_000)
      found = Self.listeningPort(of: process)
    }
    port = found ?? 0
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
    OpenFiles.close(in: &files)
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
    converse { LoopbackServer.converse($0, handler) }
  }

  /// Has the decrypted side, a socket, to itself on a thread of its own.
  func converse(_ body: @Sendable @escaping (Int32) -> Void) {
    // Its own number, which stays its own when the server goes while the thread hasn't noticed yet.
    let socket = fcntl(plain, F_DUPFD_CLOEXEC, 0)
    Thread.detachNewThread {
      body(socket)
      close(socket)
    }
  }

  /// The port of the one socket that a process listens on; nil as long as there is none.
  private static func listeningPort(of process: pid_t) -> Int? {
    let files = "/proc/\(process)/fd"
    let own = Set(
      ((try? FileManager.default.contentsOfDirectory(atPath: files)) ?? []).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: files + "/" + $0)
      })
    // To its end: of a file that has no size, `String(contentsOfFile:)` reads the first page only.
    let sockets = FileHandle(forReadingAtPath: "/proc/net/tcp").flatMap { try? $0.readToEnd() } ?? Data()
    for line in String(decoding: sockets, as: UTF8.self).split(separator: "\n") {
      // Local address, state and inode: proc(5). 0A is LISTEN.
      let words = line.split(separator: " ")
      guard words.count > 9, words[3] == "0A", own.contains("socket:[\(words[9])]") else { continue }
      return words[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
    }
    return nil
  }
}
