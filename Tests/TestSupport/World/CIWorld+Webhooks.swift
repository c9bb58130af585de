import Foundation

extension CIWorld {
  /// What the system sends when a job has ended; nil if it sends nothing.
  ///
  /// - Returns: the kind of event, header fields with their names in lower case, and the body.
  package func webhook(for id: Int) -> (event: String, headers: [String: String], body: [UInt8])? {
    read { state in
      guard let job = state.job(id), let run = state.run(job.run) else { return nil }
      func body(_ object: [String: Any]) -> [UInt8] {
        Array((try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) ?? Data())
      }
      switch system {
      case .travis, .jenkins: return nil
      case .github:
        let conclusion = ["timedOut": "timed_out", "canceled": "cancelled"][job.ending?.rawValue ?? ""] ?? job.ending?.rawValue
        let told: [String: Any] = [
          "id": job.id, "run_id": run.id, "run_attempt": job.attempt, "workflow_name": "CI", "name": job.name,
          "head_sha": run.commit, "head_branch": run.branch, "status": "completed", "conclusion": orNull(conclusion),
          "html_url": "https://github.com/\(Self.repository)/actions/runs/\(run.id)/job/\(job.id)",
          "started_at": iso(job.startedAt), "completed_at": iso(job.endedAt),
        ]
        return (
          "workflow_job completed", ["x-github-event": "workflow_job", "content-type": "application/json"],
          body(["action": "completed", "workflow_job": told, "repository": ["full_name": Self.repository]])
        )
      case .circleci:
        let round = run.rounds.firstIndex { $0.contains(id) } ?? 0
        return (
          "job-completed", ["circleci-event-type": "job-completed"],
          body([
            "id": CircleCIRoutes.uuid(3_000_000 + id), "type": "job-completed", "project": ["slug": "gh/\(Self.repository)"],
            "workflow": ["id": CircleCIRoutes.workflow(run.id, round), "name": "ci"],
            "pipeline": ["vcs": ["target_repository_url": "https://github.com/\(Self.repository)"]],
            "job": ["id": CircleCIRoutes.uuid(id), "name": job.name, "number": id],
          ])
        )
      case .gitlab:
        return (
          "build", ["x-gitlab-event": "Job Hook"],
          body([
            "object_kind": "build", "build_id": id, "build_status": job.ending == .success ? "success" : "failed",
            "pipeline_id": run.id, "sha": run.commit, "project": ["path_with_namespace": Self.repository],
          ])
        )
      case .buildkite:
        return (
          "job.finished", ["x-buildkite-event": "job.finished"],
          body([
            "event": "job.finished", "job": ["id": BuildkiteRoutes.uuid(id), "type": "script"],
            "build": [
              "number": run.id, "url": "https://api.buildkite.com/v2/organizations/acme/pipelines/web/builds/\(run.id)",
            ] as [String: Any],
            "pipeline": ["slug": "web", "repository": "git@github.com:\(Self.repository).git"], "sender": [String: String](),
          ])
        )
      }
    }
  }

  /// What the system calls a run, where it can be asked for one.
  package func runID(_ run: Int) -> String? {
    switch system {
    case .github, .gitlab, .travis: String(run)
    case .circleci: CircleCIRoutes.workflow(run, 0)
    case .buildkite: "acme/web/\(run)"
    case .jenkins: nil
    }
  }
}
