import Foundation

extension CIWorld.State {
  func job(_ id: Int) -> CIWorld.Job? { jobs.first { $0.id == id } }
  /// The id of the job that begins next.
  package var nextJob: Int { nextID + 1 }
  /// Whether a job has been run again, as a job of its own.
  package func isRepeated(_ id: Int) -> Bool { jobs.contains { $0.before == id } }
  func run(_ id: Int) -> CIWorld.Run? { runs.first { $0.id == id } }
  func jobs(of run: Int) -> [CIWorld.Job] { jobs.filter { $0.run == run } }

  /// - Returns: the job's id.
  mutating func add(_ job: CIWorld.Job) -> Int {
    nextID += 1
    var job = job
    job.id = nextID
    jobs.append(job)
    if let run = runs.firstIndex(where: { $0.id == job.run }) { runs[run].rounds[runs[run].rounds.count - 1].append(job.id) }
    return job.id
  }

  mutating func rerun(_ id: Int, inPlace: Bool) -> Int {
    guard let index = jobs.firstIndex(where: { $0.id == id }), let run = runs.firstIndex(where: { $0.id == jobs[index].run }) else {
      return 0
    }
    var again = CIWorld.Job(
      id: id, run: jobs[index].run, name: jobs[index].name, attempt: jobs[index].attempt + 1, before: id, startedAt: now)
    if inPlace {
      again.before = nil
      jobs[index] = again
      return id
    }
    // What had passed is taken over.
    let before = runs[run].rounds.last ?? []
    runs[run].rounds.append(before.filter { job($0)?.ending == .success && $0 != id })
    return add(again)
  }

  /// What the whole of a run comes to.
  func ending(ofRun run: Int) -> CIWorld.Ending? {
    let last = Dictionary(grouping: jobs(of: run), by: \.name).values.compactMap { $0.max { $0.attempt < $1.attempt } }
    guard last.allSatisfy({ $0.ending != nil }) else { return nil }
    return last.contains { $0.ending != .success } ? .failure : .success
  }

  /// When anything of a run changed last.
  func change(ofRun run: Int) -> Double {
    jobs(of: run).map { $0.endedAt ?? $0.startedAt }.max() ?? self.run(run)?.createdAt ?? 0
  }

  /// A signed link to a job's log.
  func link(_ job: CIWorld.Job, step: Int? = nil) -> String {
    "\(store)/job/\(job.id)\(step.map { "/\($0)" } ?? "")?sig=\(CIWorld.signature)"
  }

  /// A log as it is, or where it is.
  func log(of job: CIWorld.Job, headers: [String: String] = [:]) -> WorldAnswer {
    logsAreElsewhere ? WorldAnswer(302, headers: ["Location": link(job)]) : .text(job.log, headers: headers)
  }
}

/// As JSON has it where there is none.
func orNull(_ value: Any?) -> Any { value ?? NSNull() }

func iso(_ seconds: Double?) -> Any { orNull(seconds.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) }) }
