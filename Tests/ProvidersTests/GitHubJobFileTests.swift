import Testing

@testable import Providers

@Suite struct GitHubJobFileTests {
  private func name(_ job: String, _ files: String...) -> String? { GitHubJobFile.name(of: job, among: files) }

  @Test func theJobsOwnFileIsTaken() {
    #expect(name("build", "0_build.txt", "build/1_Set up job.txt", "1_test.txt") == "0_build.txt")
    #expect(name("build", "-1_build.txt") == "-1_build.txt")
    #expect(name("test (linux, 3.12)", "10_test (linux, 3.12).txt", "11_test (linux, 3.1).txt") == "10_test (linux, 3.12).txt")
  }

  @Test func whatAFilesNameCannotHoldIsPassedOver() {
    #expect(name("ci / test: a", "0_ci  test a.txt") == "0_ci  test a.txt")
    #expect(name("ci / test: a", "0_ci _ test_ a.txt") == "0_ci _ test_ a.txt")
    #expect(name("a \"b\" <c>", "0_a _b_ _c_.txt") == "0_a _b_ _c_.txt")
  }

  @Test func longNamesAreCut() {
    let job = "build (" + String(repeating: "variant ", count: 20) + ")"
    let file = "3_" + job.prefix(90) + ".txt"
    #expect(name(job, "0_other.txt", file) == file)
    #expect(name(job, "0_build (var.txt") == nil)
  }

  @Test func whereTwoFilesFitNoneIsTaken() {
    #expect(name("test 1/2", "0_test 1_2.txt", "1_test 12.txt") == nil)
    #expect(name("test-12", "0_test-12.txt", "1_test 12.txt") == "0_test-12.txt")
    #expect(name("build", "0_build.txt", "4_build.txt") == nil)
    let long = String(repeating: "x", count: 90)
    #expect(name(long + "1", "0_\(long).txt", "1_\(long).txt") == nil)
  }

  @Test func anythingElseIsNotTaken() {
    for file in ["build.txt", "_build.txt", "x_build.txt", "build/0_build.txt", "0_build.log", "0_build (1).txt", "system.txt", ""]
    {
      #expect(name("build", file) == nil, "\(file)")
    }
  }
}
