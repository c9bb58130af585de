import ArchiveFixtures
import LogSource
import Testing

@Suite struct GitHubLogZipTests {
  @Test func filesOfAJobThatHasStepsAreLeftOut() {
    let names = ["build/1_Set up job.txt", "0_build.txt", "0_build (1).txt", "build/2_Run tests.txt", "1_lint.txt"]
    #expect(GitHubLogZip.selection(names) == ["build/1_Set up job.txt", "build/2_Run tests.txt", "1_lint.txt"])
  }

  @Test func jobsOfAMatrixAreToldFromCopies() {
    // `test (1)` is a job of its own whose folder is missing; no `3_test` stands beside it.
    let names = ["test/1_a.txt", "2_test.txt", "2_test (1).txt", "3_test (1).txt", "4_test (2).txt", "test (2)/1_a.txt"]
    #expect(GitHubLogZip.selection(names) == ["test/1_a.txt", "3_test (1).txt", "test (2)/1_a.txt"])
  }

  @Test func oldZipsHaveNegativeNumbers() {
    #expect(GitHubLogZip.selection(["-9_job.txt", "job/1_a.txt"]) == ["job/1_a.txt"])
  }

  @Test func littersOfFindersAreLeftOut() {
    #expect(GitHubLogZip.selection(["__MACOSX/job/._1_a.txt", "x/.DS_Store", ".DS_Store", "x/y"]) == ["x/y"])
  }

  @Test(arguments: [
    ["a.txt", "b/c.txt"], ["1_a.txt"], ["a/x/1_b.txt", "1_a.txt"], ["a/system.txt", "1_a.txt"], ["a/1_b.log", "1_a.txt"],
    ["_a.txt", "a/_x.txt"], ["1_.txt", "/1_x.txt"], ["٣_a.txt", "a/1_b.txt"], [],
  ])
  func allElseIsRead(names: [String]) {
    #expect(GitHubLogZip.selection(names) == names)
  }

  @Test(.enabled(if: Fixture.shared != nil, "needs CULPRIT_SHARED"))
  func realZipsGiveEachStepOnce() throws {
    let folder = try #require(Fixture.shared) + "/data/logs"
    let expected = [
      "bump/gha-zips/60c05d7f413430e47f624cc3c7b13c97466c6bb3__logs_3919.zip": ("codecov/", 8),
      "bump/gha-zips/bd46a7fe95a386f4def45dcc8c6c18ba2d9a5920__logs_1509.zip": ("Dependency-Check/", 6),
    ]
    for (zip, (job, steps)) in expected {
      let collected = try Collected("\(folder)/\(zip)")
      #expect(collected.errors.isEmpty)
      #expect(collected.names.count == steps)
      #expect(collected.names.allSatisfy { $0.hasPrefix("\(folder)/\(zip)/\(job)") })
      #expect(collected.texts.values.allSatisfy { !$0.isEmpty })
    }
    let cli = try Collected("\(folder)/gh-cli/run_log.zip")
    #expect(cli.errors.isEmpty)
    #expect(cli.names.count == 9)
    #expect(cli.names.allSatisfy { $0.hasSuffix(".txt") && !$0.contains("__MACOSX") })
  }
}
