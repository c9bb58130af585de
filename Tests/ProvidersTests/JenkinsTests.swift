import Curl
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct JenkinsTests {
  private func jenkins(_ server: ScriptedServer) throws -> Jenkins {
    Jenkins(.impatient(), try Access(base: server.base + "/ci", token: "user:token"))
  }

  private static func run(
    _ number: Int, _ result: String, branch: String = "refs/remotes/origin/main", started: Int = 1_767_322_800_000,
    actions: String = "null"
  ) -> String {
    """
    {"_class":"org.jenkinsci.plugins.workflow.job.WorkflowRun","number":\(number),"url":"https://jenkins.example/job/\(number)/",
     "result":\(result == "null" ? result : "\"\(result)\""),"building":\(result == "null"),"timestamp":\(started),"duration":5500,"actions":[\(actions),{},
     {"lastBuiltRevision":{"SHA1":"\(String(repeating: "c", count: 40))","branch":[{"name":"master"}]},"remoteUrls":["https://git.example/lib/shared.git"]},
     {"lastBuiltRevision":{"SHA1":"\(sha)","branch":[{"name":"\(branch)"}]},"remoteUrls":["git@git.example:o/web.git"]}]}
    """
  }

  @Test func allJobsOfAMultibranchProjectAreListed() async throws {
    let server = try ScriptedServer { request in
      guard request.path == "/ci/job/team/job/web/api/json", request.query["tree"]?.contains("{0,20}") == true else { return nil }
      return .json(
        """
        {"_class":"x","name":"web","jobs":[
         {"name":"feature%2Fa","allBuilds":[\(Self.run(3, "UNSTABLE", branch: "feature/a")),\(Self.run(2, "ABORTED", actions: Self.interrupted("jenkins.model.CauseOfInterruption$UserInterruption"))),\(Self.run(1, "NOT_BUILT"))]},
         {"name":"PR-17","allBuilds":[\(Self.run(9, "null")),\(Self.run(8, "SUCCESS", branch: "PR-17"))]},
         {"name":"old","allBuilds":[\(Self.run(7, "FAILURE", started: 1_700_000_000_000))]}]}
        """)
    }
    let listed = try await jenkins(server).allBuilds(of: "team/web", since: 1_767_225_600)
    #expect(
      listed.builds.map { "\($0.externalID) \($0.attempt) \($0.outcome) \($0.branch) \($0.pullRequest ?? 0)" } == [
        "team/web/feature%2Fa#3 505018800 failure feature/a 0", "team/web/feature%2Fa#2 505018800 canceled main 0",
        "team/web/PR-17#8 505018800 success  17",
      ])
    #expect(
      listed.builds.first
        == Build(
          provider: "jenkins", repository: "o/web", externalID: "team/web/feature%2Fa#3", attempt: 505_018_800, commit: sha,
          branch: "feature/a",
          pullRequest: nil, workflow: "team/web", job: "feature%2Fa", outcome: .failure, url: "https://jenkins.example/job/3/",
          finishedAt: 1_767_322_805.5))
    #expect(listed.oldestUnfinished == 1_767_322_800 + Jenkins.usualReach)
    #expect(server.requests.first?.headers["authorization"] == "Basic dXNlcjp0b2tlbg==")
  }

  private static func interrupted(_ cause: String) -> String {
    #"{"_class":"jenkins.model.InterruptedBuildAction","causes":[{"_class":"\#(cause)"}]}"#
  }

  /// What somebody stopped is nobody's failure; what ran out of time, or ended nobody knows why, is one.
  @Test(
    arguments: [
      ("jenkins.model.CauseOfInterruption$UserInterruption", Build.Outcome.canceled),
      ("org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty$CancelledCause", .canceled),
      ("org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution$ExceededTimeout", .timedOut), (nil, .timedOut),
    ] as [(String?, Build.Outcome)]) func aTimeLimitIsAFailure(cause: String?, outcome: Build.Outcome) async throws
  {
    let started = #"{"_class":"hudson.model.CauseAction","causes":[{"_class":"hudson.model.Cause$UserIdCause"},null]}"#
    let server = try ScriptedServer { _ in
      .json(
        #"{"name":"web","allBuilds":[\#(Self.run(1, "ABORTED", actions: "\(started),\(cause.map(Self.interrupted) ?? "{}")"))]}"#)
    }
    let builds = try await jenkins(server).allBuilds(of: "web", since: 1_767_225_600).builds
    #expect(builds.map(\.outcome) == [outcome])
    #expect(server.requests.first?.query["tree"]?.contains("causes[_class]") == true)
  }

  @Test func aJobIsPagedThrough() async throws {
    let server = try ScriptedServer { request in
      let isFirst = request.query["tree"]?.contains("{0,20}") == true
      let numbers = isFirst ? (21...40).reversed().map { $0 } : [20]
      return .json(#"{"name":"web","allBuilds":[\#(numbers.map { Self.run($0, "FAILURE") }.joined(separator: ","))]}"#)
    }
    let builds = try await jenkins(server).allBuilds(of: "web", since: 1_767_225_600).builds
    #expect(Set(builds.map(\.externalID)) == Set((20...40).map { "web#\($0)" }))
    #expect(server.requests.count == 2)
  }

  @Test(arguments: [
    ("false", "false", "Started by user\n", nil), ("true", "true", "Started", ProviderError.Reason.notReady),
    ("false", "true", "Started", .notReady),
    ("false", "false", "", .empty),
  ]) func aLogThatGrowsIsNotReady(building: String, more: String, log: String, expected: ProviderError.Reason?) async throws {
    let server = try ScriptedServer { request in
      switch request.path {
      case "/ci/job/team/job/web/job/feature%252Fa/3/api/json":
        .json(#"{"_class":"x","building":\#(building),"timestamp":1767322800000}"#)
      case "/ci/job/team/job/web/job/feature%252Fa/3/logText/progressiveText":
        .text(log, headers: ["X-Text-Size": "\(log.utf8.count)", "X-More-Data": more])
      default: nil
      }
    }
    let jenkins = try jenkins(server)
    let build = build("jenkins", "team/web/feature%2Fa#3", attempt: 505_018_800)
    let reference = try #require(try await jenkins.logs(of: build).first)
    let fetched = Collected()
    #expect(try await reason { try await jenkins.fetch(reference, of: build, into: fetched.sink) } == expected)
    if expected == nil { #expect(fetched.text == log) }
  }

  @Test func nothingIsRunAgain() async throws {
    let server = try ScriptedServer { _ in nil }
    let jenkins = try jenkins(server)
    #expect(try await reason { try await jenkins.rerun(build("jenkins", "web#3")) } == .unsupported)
    #expect(try await reason { _ = try await jenkins.allBuilds(of: "a/../b") } == .malformed)
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: [
    ("refs/remotes/origin/a/b", "a/b"), ("origin/main", "main"), ("main", "main"), ("detached", ""), ("refs/heads/x", "x"),
    ("", ""),
  ]) func branchesAreSpelledInManyWays(text: String, branch: String) { #expect(JenkinsCheckout.branch(text) == branch) }
}
