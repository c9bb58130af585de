import Model
import Postgres

/// What people do with the buttons of a check run.
extension Store {
  /// A button that somebody pressed.
  package struct Press: Sendable, Equatable {
    package enum Wish: Sendable, Equatable {
      /// To run these builds again.
      case rerun([Int64])
      /// That these builds' failures count as known.
      case markKnown([Int64])
      /// That the commit was judged wrongly: these verdicts, one for each pattern that decided.
      case reportWrong([Int64: ReportedVerdict])
      /// That the check run is made anew; until it is, the code host shows it as queued.
      case checkAgain
    }

    package var reportsWrong: Bool { if case .reportWrong = wish { true } else { false } }

    package let on: CommitName
    /// The code host's name of the person.
    package let who: String
    package let wish: Wish

    package init(_ wish: Wish, on commit: CommitName, who: String) {
      self.on = commit
      self.who = who
      self.wish = wish
    }
  }

  /// Does what somebody wants who pressed the button elsewhere than at the code host.
  package func press(_ press: Press) async throws {
    try await transaction { [coolOff] session in try Self.apply(press, coolOff: coolOff, session) }
  }

  static func apply(_ press: Press, coolOff: Double, _ session: borrowing Session) throws {
    let detail = ["repository": press.on.repository, "commit": press.on.commit]
    switch press.wish {
    case .rerun(let builds):
      try askToRerun(builds, who: press.who, session)
      try audit(who: press.who, "run again: asked for", detail, session)
    case .markKnown(let builds):
      for build in builds.sorted() {
        try overrule(build: build, kind: .known, who: press.who, reason: "marked as known on the check run", session)
      }
      try markDue(builds: builds, coolOff: coolOff, session)
    case .reportWrong(let verdicts):
      for (build, verdict) in verdicts.sorted(by: { $0.key < $1.key }) {
        try reportWrong(build: build, verdict: verdict, who: press.who, reason: "reported on the check run", session)
      }
    case .checkAgain:
      try forgetWhatCheckRunsSay(press.on, session)
      try markDue([press.on], coolOff: coolOff, session)
    }
  }
}
