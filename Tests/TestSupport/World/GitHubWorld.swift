import Foundation
import Synchronization

/// A GitHub of one's own, as far as Culprit asks it: what it holds is given by the test, and it answers as the REST API is documented.
///
/// It is strict where GitHub is: a request without an accepted token, without `User-Agent`, or with a body beyond the limits is
/// refused. Logs lie on another host, behind signed links, as they do there. It knows nothing of sockets: a server hands it requests.
package final class GitHubWorld: Sendable {
  package typealias Request = WorldRequest
  package typealias Answer = WorldAnswer
  package typealias Fault = WorldFault
  package typealias Servers = WorldServers

  package struct State: Sendable {
    /// `owner/name`.
    package var repository = "o/r"
    package var defaultBranch = "main"
    /// Tokens that are accepted.
    package var tokens: Set<String> = ["token"]
    /// Who a plain token belongs to; nil: nobody, as with a workflow's.
    package var user: String? = "ada"
    package var app = App()
    package var runs: [Run] = []
    package var jobs: [Job] = []
    /// The log of a job, by its id; `gone` and `missing` logs are in the sets.
    package var logs: [Int: [UInt8]] = [:]
    /// Makes the log of a job that `logs` doesn't have; for more of them than memory holds.
    package var makesLog: (@Sendable (Int) -> [UInt8])?
    package var goneLogs: Set<Int> = []
    /// What stands beside a job on its page, by its id.
    package var annotations: [Int: [String]] = [:]
    /// The zip of an attempt's logs, by `run/attempt`.
    package var zips: [String: [UInt8]] = [:]
    /// Why no job may be run again; nil if all may.
    package var rerunRefusal: String?
    package var reruns: [String] = []
    /// Parents of commits, which are given the oldest first.
    package var commits: [(sha: String, parents: [String])] = []
    /// The commits that branches end in, by name.
    package var branches: [String: String] = [:]
    package var pulls: [Pull] = []
    /// Files by `branch:path`; a branch has those of the default branch, too.
    package var files: [String: [UInt8]] = [:]
    /// Pull requests that were opened here, as posted.
    package var proposals: [Posted] = []
    /// As posted, the oldest first.
    package var statuses: [Posted] = []
    package var checks: [Posted] = []
    package var comments: [Posted] = []
    /// Answers in place of the proper ones, each for the next request that it fits.
    package var faults: [Fault] = []
    /// Statuses that every request is answered with whose line begins so, for as long as they stand here.
    package var broken: [String: Int] = [:]
    package var requests: [Request] = []
    /// Those that the file store got.
    package var storeRequests: [Request] = []
    /// Whether the file store still takes its links.
    package var linksHold = true
    package var nextID = 1_000
    /// Where the file store is: `http://localhost:PORT`.
    package var store = ""
    /// Where this GitHub is, as it names itself in `Link`.
    package var base = ""
  }

  package struct App: Sendable {
    package var id = 4242
    package var slug = "culprit-app"
    package var installation: Int? = 77
    /// Whether a JSON Web Token is signed by the app and good now.
    package var accepts: @Sendable (String) -> Bool = { _ in false }
    /// Tokens to hand out, one after another, and when each ends, ISO 8601.
    package var tokens: [(text: String, endsAt: String)] = []
  }

  package struct Run: Sendable {
    package var id: Int
    package var attempt = 1
    package var name = "CI"
    package var branch = "main"
    package var commit: String
    package var status = "completed"
    package var conclusion: String? = "failure"
    /// Seconds since 1970-01-01 00:00 UTC.
    package var createdAt: Double
    package var updatedAt: Double
    package var pulls: [Int] = []

    package init(id: Int, commit: String, createdAt: Double, updatedAt: Double? = nil) {
      self.id = id
      self.commit = commit
      self.createdAt = createdAt
      self.updatedAt = updatedAt ?? createdAt + 600
    }
  }

  package struct Job: Sendable {
    package var id: Int
    package var run: Int
    package var attempt = 1
    package var name = "test"
    package var status = "completed"
    package var conclusion: String? = "failure"
    /// Seconds since 1970-01-01 00:00 UTC.
    package var completedAt: Double?
    /// How long it ran, in seconds.
    package var duration: Double = 600

    package init(id: Int, run: Int, completedAt: Double?) {
      self.id = id
      self.run = run
      self.completedAt = completedAt
    }
  }

  package struct Pull: Sendable {
    package var number: Int
    package var head: String
    package var base = "main"
    package var isOpen = true

    package init(number: Int, head: String) {
      self.number = number
      self.head = head
    }
  }

  /// Something that was posted, as JSON.
  package struct Posted: Sendable {
    package var id: Int
    /// The commit or the number of the pull request.
    package var subject: String
    package var json: [UInt8]
    package var author: String

    package init(id: Int, subject: String, json: [UInt8], author: String) {
      self.id = id
      self.subject = subject
      self.json = json
      self.author = author
    }

    package var object: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]) ?? [:] }
  }

  package let state = Mutex(State())

  package init() {}

  /// Changes what this GitHub holds.
  package func set(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }

  package var requests: [Request] { state.withLock { $0.requests } }
  package var storeRequests: [Request] { state.withLock { $0.storeRequests } }

  /// Starts both servers and tells the world where they are.
  package func serve() throws -> Servers {
    let servers = try Servers(api: { self.answer($0) }, store: { self.answerStore($0) })
    set { state in
      state.base = servers.api.url
      state.store = servers.store.otherURL
    }
    return servers
  }

  /// Answers a request to the API.
  package func answer(_ request: Request) -> Answer {
    state.withLock { state in
      state.requests.append(request)
      var faults = state.faults
      defer { state.faults = faults }
      return faults.answer(request.line) {
        if let status = state.broken.first(where: { request.line.hasPrefix($0.key) })?.value { return .error(status, "broken") }
        guard request.headers["user-agent"] != nil else { return .error(403, "Request forbidden by administrative rules.") }
        var answer = GitHubRoutes.answer(request, &state)
        guard request.method == "GET", answer.status == 200 else { return answer }
        let etag = "W/\"\(answer.body.hashValue)\""
        if request.headers["if-none-match"] == etag { return Answer(304, headers: ["ETag": etag]) }
        answer.headers["ETag"] = etag
        return answer
      }
    }
  }

  /// Answers a request to the file store.
  package func answerStore(_ request: Request) -> Answer {
    state.withLock { state in
      state.storeRequests.append(request)
      var faults = state.faults
      defer { state.faults = faults }
      return faults.answer("STORE " + request.line) { Self.stored(request, state) }
    }
  }

  static func stored(_ request: Request, _ state: State) -> Answer {
    func refusal(_ status: Int, _ code: String) -> Answer {
      let text =
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>\(code)</Code><Message>sig=\(request.query["sig"] ?? "")</Message></Error>"
      return Answer(status, headers: ["Content-Type": "application/xml"], body: Array(text.utf8))
    }
    // A signed link and an Authorization header exclude each other there.
    guard request.headers["authorization"] == nil else { return refusal(400, "InvalidAuthenticationInfo") }
    guard state.linksHold, request.query["sig"] == "secret-signature" else { return refusal(403, "AuthenticationFailed") }
    switch request.path.first {
    case "job":
      guard let id = request.path.last.flatMap({ Int($0) }), let log = state.logs[id] ?? state.makesLog?(id) else {
        return refusal(404, "BlobNotFound")
      }
      return Answer(200, headers: ["Content-Type": "text/plain"], body: log)
    case "zip":
      guard let zip = state.zips[request.path.dropFirst().joined(separator: "/")] else { return refusal(404, "BlobNotFound") }
      return Answer(200, headers: ["Content-Type": "application/zip"], body: zip)
    default: return refusal(404, "BlobNotFound")
    }
  }
}
