import CCurl
import Foundation
import Synchronization

/// The one thread that drives all transfers of this process: a libcurl multi handle with its pool of connections.
///
/// Nothing waits on it but the thread itself, so that Swift's own threads never block.
final class TransferLoop: Sendable {
  /// All transfers share it, and with it the connections. It lives as long as the process.
  static let shared = TransferLoop()

  static let mostConnectionsOfAHost = 16

  private enum Command {
    case add(Transfer)
    case resume(Transfer)
    case cancel(Transfer)
  }

  private let commands = Mutex<[Command]>([])
  // Only `wakeUp` is called from other threads, which libcurl allows of any (curl_multi_wakeup(3)).
  private let multi: MultiHandle

  // `@unchecked`: see above; everything else is called by the loop's thread. `@safe`: the handle is never freed.
  @safe private struct MultiHandle: @unchecked Sendable {
    let handle: CurlMulti
  }

  private init() {
    // "Must be called at least once … before any other function", and by one thread: this initialiser runs once.
    _ = ccurl_global_init()
    multi = unsafe MultiHandle(handle: CurlMulti.make())
    // HTTP/2 streams share a connection; a host is never met with more than some connections.
    _ = unsafe multi.handle.set(CURLMOPT_PIPELINING, number: Int(CURLPIPE_MULTIPLEX))
    _ = unsafe multi.handle.set(CURLMOPT_MAX_HOST_CONNECTIONS, number: Self.mostConnectionsOfAHost)
    _ = unsafe multi.handle.set(CURLMOPT_MAXCONNECTS, number: 64)
    let thread = Thread { [self] in
      // For `top -H` and strace. A name that is given before the start stays Foundation's own on Linux.
      Thread.current.name = "culprit.curl"
      run()
    }
    thread.start()
  }

  /// Starts a transfer. Its completion is called once, whatever happens.
  func add(_ transfer: Transfer) { tell(.add(transfer)) }

  /// Goes on with a transfer whose sink was busy.
  func resume(_ transfer: Transfer) { tell(.resume(transfer)) }

  /// Ends a transfer, if it hasn't ended.
  func cancel(_ transfer: Transfer) { tell(.cancel(transfer)) }

  private func tell(_ command: Command) {
    commands.withLock { $0.append(command) }
    _ = unsafe multi.handle.wakeUp()
  }

  private func run() {
    // Those that are under way, by the address that libcurl hands back as their context: they live while they are in here.
    var running: [UnsafeMutableRawPointer: Transfer] = unsafe [:]
    while true {
      let told = commands.withLock { commands in
        defer { commands = [] }
        return commands
      }
      for command in told {
        switch command {
        case .add(let transfer):
          unsafe running[transfer.context] = transfer
          if let error = unsafe transfer.begin(on: multi.handle) {
            unsafe running[transfer.context] = nil
            transfer.end(error)
          }
        case .resume(let transfer):
          if unsafe running[transfer.context] != nil { transfer.resume() }
        case .cancel(let transfer):
          guard unsafe running.removeValue(forKey: transfer.context) != nil else { continue }
          unsafe transfer.leave(multi.handle)
          transfer.end(transfer.error(.cancelled, "the task was cancelled"))
        }
      }
      _ = unsafe multi.handle.perform()
      var code = CURLE_OK
      while let context = unsafe multi.handle.nextEnded(&code) {
        guard let transfer = unsafe running.removeValue(forKey: context) else { continue }
        unsafe transfer.leave(multi.handle)
        transfer.end(code == CURLE_OK ? nil : transfer.error(code))
      }
      _ = unsafe multi.handle.poll(milliseconds: 1_000)
    }
  }
}
