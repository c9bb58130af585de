import Foundation
import Postgres

/// A second process for the tests of the private cluster: it uses the cluster until its input ends, or until it is killed.
///
///     cluster-tool use FOLDER      prints the address, waits for the end of its input, releases the cluster
///     cluster-tool crash FOLDER    prints the address and kills itself
@main
struct ClusterTool {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { fatalError("usage: cluster-tool use|crash FOLDER") }
    var options = PrivateCluster.Options()
    options.isDurable = false
    let lease = try await PrivateCluster(folder: arguments[2], options: options).acquire()
    try FileHandle.standardOutput.write(contentsOf: Data((lease.url + "\n").utf8))
    if arguments[1] == "crash" { kill(getpid(), SIGKILL) }
    _ = try FileHandle.standardInput.readToEnd()
    try await lease.release()
  }
}
