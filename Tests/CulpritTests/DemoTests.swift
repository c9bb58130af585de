import Curl
import Foundation
import Testing
import TestSupport

@Suite struct DemoTests {
  @Test func theDemoShowsEverythingOnceAndLeavesNothing() async throws {
    let folder = try ScratchFolder()
    let run = try await Command.culprit(["demo", "--once"], environment: ["TMPDIR": folder.path])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("What breaks the builds"))
    #expect(run.output.contains("need attention"))
    #expect(run.output.contains("new: demo/odd-script; 103 pairs are due, one per log"))
    #expect(run.output.contains("103 pairs on 103 logs: 2 findings"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func theDemoEndsWithTheWebUI() async throws {
    let folder = try ScratchFolder()
    let running = try Command.start(["demo"], environment: ["TMPDIR": folder.path])
    let address = await withCheckedContinuation { done in
      // On a thread of its own, as below.
      Thread.detachNewThread {
        var address: String?
        while running.isRunning, address == nil {
          usleep(10_000)
          address = running.output.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+\/\S+/).map { String($0.0) }
        }
        done.resume(returning: address)
      }
    }
    let url = try HTTPURL(#require(address, "\(running.output)\(running.errors)"))
    let answer: Result<HTTPResponse, any Error>
    do { answer = .success(try await HTTPClient().send(HTTPRequest(.get, url))) } catch { answer = .failure(error) }
    kill(running.processIdentifier, SIGINT)
    let run = try await Command.finish(running)
    let page = String(decoding: try answer.get().body, as: UTF8.self)
    #expect(page.contains("What breaks the builds") && page.contains("network/curl-server-error"), "\(page)")
    #expect(run.status == 0, "\(run.status): \(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  /// Files whose appearance tells how far the demo is: the folder is made, the server starts, logs are archived.
  private static let stages = ["postgres", "postmaster.pid", "archive"]

  @Test(arguments: zip([SIGINT, SIGTERM, SIGHUP], stages)) func aDemoThatIsStoppedLeavesNothing(number: Int32, stage: String)
    async throws
  {
    let folder = try ScratchFolder()
    let running = try Command.start(["demo", "--once"], environment: ["TMPDIR": folder.path])
    let place = folder.path
    await withCheckedContinuation { done in
      // On a thread of its own: among many tests at once the demo would be over before this one has its turn.
      Thread.detachNewThread {
        func isThere() -> Bool {
          FileManager.default.enumerator(atPath: place)?.contains { ($0 as? String)?.hasSuffix(stage) == true } ?? false
        }
        while running.isRunning, !isThere() { usleep(1_000) }
        kill(running.processIdentifier, number)
        done.resume()
      }
    }
    let run = try await Command.finish(running)
    #expect(run.status == 130, "\(run.status): \(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
