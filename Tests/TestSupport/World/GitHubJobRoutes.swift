import Foundation

/// The part of GitHub that is a CI system, told by `GitHubRoutes` of the same runs and jobs as the other systems have.
enum GitHubJobRoutes {
  static func answer(_ request: WorldRequest, _ state: inout CIWorld.State) -> WorldAnswer {
    var github = GitHubWorld.State()
    github.repository = CIWorld.repository
    github.tokens = [CIWorld.token]
    (github.base, github.store) = (state.base, state.store)
    github.runs = state.runs.map { run in
      var told = GitHubWorld.Run(
        id: run.id, commit: run.commit, createdAt: run.createdAt, updatedAt: state.change(ofRun: run.id))
      told.branch = run.branch
      told.attempt = state.jobs(of: run.id).map(\.attempt).max() ?? 1
      told.pulls = run.pullRequest.map { [$0] } ?? []
      let ending = state.ending(ofRun: run.id)
      told.status = ending == nil ? "in_progress" : "completed"
      told.conclusion = ending?.rawValue
      return told
    }
    github.jobs = state.jobs.map { job in
      var told = GitHubWorld.Job(id: job.id, run: job.run, completedAt: job.endedAt)
      (told.name, told.attempt) = (job.name, job.attempt)
      told.status = job.ending == nil || job.isGrowing ? "in_progress" : "completed"
      told.conclusion = job.ending.map { ["timedOut": "timed_out", "canceled": "cancelled"][$0.rawValue] ?? $0.rawValue }
      return told
    }
    for job in state.jobs where job.ending != nil && !job.isGrowing {
      if job.isGone { github.goneLogs.insert(job.id) } else { github.logs[job.id] = job.log }
    }
    let answer = GitHubRoutes.answer(request, &github)
    for path in github.reruns {
      let parts = path.split(separator: "/")
      if parts.count > 1, let id = Int(parts[1]) { _ = state.rerun(id, inPlace: false) }
    }
    return answer
  }
}
