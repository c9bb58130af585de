import Foundation
import Synchronization

/// A CI system of one's own: runs, jobs, their attempts and their logs, told in the words of one of the systems that Culprit knows.
///
/// It is strict where the systems are: a request without the token is refused, and so is one that brings the token to the file store.
/// It keeps state: what is run again by the API runs again, in the way of that system.
package final class CIWorld: Sendable {
  package enum System: String, Sendable, CaseIterable {
    case github, circleci, gitlab, buildkite, jenkins, travis

    /// What a listing is asked for.
    package var project: String {
      switch self {
      case .buildkite: "acme/web"
      case .jenkins: "web"
      default: "o/web"
      }
    }
    /// Whether a restarted job keeps its id, and loses what it was.
    package var restartsInPlace: Bool { self == .travis }
    package var hasWebhooks: Bool { self != .jenkins && self != .travis }
    package var reruns: Bool { self != .jenkins }
    /// Below its address.
    package var basePath: String {
      switch self {
      case .github, .circleci: ""
      case .gitlab: "/api/v4"
      case .buildkite: "/v2"
      case .jenkins: "/ci"
      case .travis: "/api"
      }
    }
  }

  package static let repository = "o/web"
  package static let token = "s3cret:t0ken"
  /// What a signed link holds.
  static let signature = "secret-signature"

  package struct Run: Sendable {
    package var id: Int
    package var commit: String
    package var branch: String
    package var pullRequest: Int?
    /// Whether another pipeline caused it; only GitLab knows such.
    package var isChild = false
    /// Seconds since 1970-01-01 00:00 UTC, as all times here.
    package var createdAt: Double
    /// The jobs of each time that it was run, by their ids; only CircleCI tells them apart.
    var rounds: [[Int]] = [[]]
  }

  package enum Ending: String, Sendable { case success, failure, timedOut, canceled }

  package struct Job: Sendable {
    package var id: Int
    package var run: Int
    package var name: String
    /// From 1.
    package var attempt: Int
    /// Which job this one repeats.
    package var before: Int?
    package var startedAt: Double
    package var endedAt: Double?
    package var ending: Ending?
    package var log: [UInt8] = []
    /// The system had the log once.
    package var isGone = false
    /// The job has ended, and its log is still being written.
    package var isGrowing = false
    /// CircleCI tells that it didn't keep all of the output.
    package var isTruncated = false
    /// Further steps that failed, with logs of their own where the system has such.
    package var moreSteps: [(name: String, log: [UInt8])] = []
  }

  package struct State: Sendable {
    package var runs: [Run] = []
    package var jobs: [Job] = []
    package var faults: [WorldFault] = []
    package var requests: [WorldRequest] = []
    package var storeRequests: [WorldRequest] = []
    /// Whether the system sends to a signed link on another host for a log. CircleCI and GitHub always do.
    package var logsAreElsewhere = false
    /// Whether the file store still takes its links.
    package var linksHold = true
    /// What the system's own clock says: when something happened last.
    package var now: Double = 0
    package var base = ""
    package var store = ""
    var nextID = 100
  }

  package let system: System
  private let state = Mutex(State())

  package init(_ system: System) { self.system = system }

  package func set(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }
  package func read<Value: Sendable>(_ body: (State) -> Value) -> Value { state.withLock { body($0) } }
  package var requests: [WorldRequest] { read(\.requests) }
  package var storeRequests: [WorldRequest] { read(\.storeRequests) }
  /// Of a job, by its id.
  package subscript(_ id: Int) -> Job? { read { $0.job(id) } }

  package func change(_ id: Int, _ change: (inout Job) -> Void) {
    state.withLock { state in
      if let index = state.jobs.firstIndex(where: { $0.id == id }) { change(&state.jobs[index]) }
    }
  }

  package func serve() throws -> WorldServers {
    let servers = try WorldServers(api: { self.answer($0) }, store: { self.answerStore($0) })
    set { state in
      state.base = servers.api.url
      state.store = servers.store.otherURL
    }
    return servers
  }

  // MARK: - What happens

  /// A job begins, in a run that is made if there is none of that number.
  @discardableResult
  package func begin(_ name: String, run: Int = 1, branch: String = "main", pullRequest: Int? = nil, at time: Double) -> Int {
    state.withLock { state in
      state.now = max(state.now, time)
      if !state.runs.contains(where: { $0.id == run }) {
        let commit = String(repeating: "0", count: 40 - String(run).count) + String(run)
        state.runs.append(Run(id: run, commit: commit, branch: branch, pullRequest: pullRequest, createdAt: time))
      }
      return state.add(Job(id: 0, run: run, name: name, attempt: 1, startedAt: time))
    }
  }

  package func end(_ id: Int, _ ending: Ending, log: String, at time: Double) {
    set { $0.now = max($0.now, time) }
    change(id) { job in
      (job.ending, job.endedAt, job.log) = (ending, time, Array(log.utf8))
    }
  }

  @discardableResult
  package func finish(_ name: String, run: Int = 1, _ ending: Ending = .failure, log: String = "a log\n", at time: Double) -> Int {
    let id = begin(name, run: run, at: time - 60)
    end(id, ending, log: log, at: time)
    return id
  }

  /// A job is run again.
  ///
  /// - Returns: the id of what runs now: the same one where the system restarts jobs in place.
  @discardableResult
  package func rerun(_ id: Int, at time: Double) -> Int {
    state.withLock { state in
      state.now = max(state.now, time)
      return state.rerun(id, inPlace: system.restartsInPlace)
    }
  }

  // MARK: - What is asked

  private func answer(_ request: WorldRequest) -> WorldAnswer {
    state.withLock { state in
      state.requests.append(request)
      var faults = state.faults
      defer { state.faults = faults }
      return faults.answer(request.line) {
        var request = request
        let base = system.basePath.split(separator: "/").map(String.init)
        guard request.path.starts(with: base) else { return .json(404, ["message": "Not Found"]) }
        request.path.removeFirst(base.count)
        switch system {
        case .github: return GitHubJobRoutes.answer(request, &state)
        case .circleci: return CircleCIRoutes.answer(request, &state)
        case .gitlab: return GitLabRoutes.answer(request, &state)
        case .buildkite: return BuildkiteRoutes.answer(request, &state)
        case .jenkins: return JenkinsRoutes.answer(request, &state)
        case .travis: return TravisRoutes.answer(request, &state)
        }
      }
    }
  }

  private func answerStore(_ request: WorldRequest) -> WorldAnswer {
    state.withLock { state in
      state.storeRequests.append(request)
      var faults = state.faults
      defer { state.faults = faults }
      return faults.answer("STORE " + request.line) {
        // A signed link and a token exclude each other there.
        let tokens = ["authorization", "circle-token", "private-token"]
        guard !tokens.contains(where: { request.headers[$0] != nil }) else { return Self.refusal(400, "InvalidAuthenticationInfo") }
        guard state.linksHold, request.query["sig"] == Self.signature else { return Self.refusal(403, "AccessDenied") }
        guard request.path.count > 1, let job = state.job(Int(request.path[1]) ?? 0), !job.isGone else {
          return Self.refusal(404, "NoSuchKey")
        }
        return system == .circleci ? CircleCIRoutes.output(of: job, step: Int(request.path.last ?? "") ?? 0) : .text(job.log)
      }
    }
  }

  private static func refusal(_ status: Int, _ code: String) -> WorldAnswer {
    WorldAnswer(
      status, headers: ["Content-Type": "application/xml"],
      body: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code></Error>".utf8))
  }
}
