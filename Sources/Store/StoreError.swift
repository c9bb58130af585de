/// What only the store can know to be wrong. Everything PostgreSQL says is a `PostgresError`.
package enum StoreError: Error, Equatable, CustomStringConvertible {
  case unreadableDefinition(String)
  case noSuchCommit(String)
  case ambiguousCommit(String, [String])
  case noSuchPattern(String)
  case notSuspect(String)
  case revisionChanged(String)
  case noSuchKnownProblem(Int64)
  case noSuchToken(Int64)
  case noSuchJob(String, String)
  case ambiguousJob(String, [String])
  case noSuchBuild(Int64)
  case noSuchRepository(String)
  case nothingDecided(String)
  case sentByAnother(Int64)
  case badCursor

  package var description: String {
    switch self {
    case .unreadableDefinition(let pattern): "the stored definition of pattern \(pattern) can't be read"
    case .noSuchCommit(let commit): "no build of commit \(commit) is known"
    case .ambiguousCommit(let commit, let candidates): "commit \(commit) is ambiguous: \(candidates.joined(separator: ", "))"
    case .noSuchPattern(let pattern): "no pattern \(pattern) is in the database"
    case .notSuspect(let pattern): "pattern \(pattern) is not suspect"
    case .revisionChanged(let pattern): "another revision of pattern \(pattern) is tried by now"
    case .noSuchKnownProblem(let id): "no known problem \(id) is open"
    case .noSuchToken(let id): "no token \(id) is in force"
    case .noSuchJob(let job, let commit): "no failed build of job \(job) of commit \(commit.prefix(12)) is known"
    case .ambiguousJob(let job, let candidates): "job \(job) is ambiguous: \(candidates.joined(separator: ", "))"
    case .noSuchBuild(let id): "no build \(id) is known"
    case .noSuchRepository(let name): "no build of repository \(name) is known"
    case .nothingDecided(let job): "no pattern decided the verdict on \(job), so there is none to report"
    case .sentByAnother(let id): "build \(id) is known already, from someone else"
    case .badCursor: "the cursor isn't one of this list"
    }
  }

  /// What the person can do about it.
  package var hint: String {
    switch self {
    case .unreadableDefinition: "it was written by another version of culprit; run `culprit patterns sync`"
    case .noSuchCommit: "give at least 4 digits of its name; `culprit import` enters builds"
    case .ambiguousCommit: "give more digits of its name, or --repository"
    case .notSuspect: "`culprit patterns stats` tells which ones are"
    case .revisionChanged: "load its page again, and look at what has changed"
    case .noSuchKnownProblem: "`culprit known list` tells the numbers of those that are open"
    case .noSuchToken: "`culprit token list` tells the numbers"
    case .noSuchJob: "`culprit status <commit>` names the jobs"
    case .ambiguousJob: "give it as workflow/job"
    case .noSuchBuild: "the list of builds has the ids of those that there are"
    case .noSuchRepository: "names are owner/name, as the provider writes them"
    case .nothingDecided: "overrule the verdict instead"
    case .sentByAnother: "give yours another externalId or provider, or send it with a token of scope operate"
    case .badCursor: "take `next` from the page before as it is, or leave it out"
    case .noSuchPattern: "`culprit patterns list` names them; `culprit patterns sync` enters new files"
    }
  }
}
