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
      /// That the commit was judged wrongly.
      case reportWrong
      /// That the check run is made anew; until it is, the code host shows it as queued.
      case checkAgain
    }

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
    case .reportWrong:
      try reportWrong(press.on, who: press.who, session)
    case .checkAgain:
      try forgetWhatCheckRunsSay(press.on, session)
      try markDue([press.on], coolOff: coolOff, session)
    }
  }

  /// Keeps that somebody holds a commit's verdict for wrong.
  private static func reportWrong(_ name: CommitName, who: String, _ session: borrowing Session) throws {
    try audit(who: who, "verdict reported wrong", ["repository": name.repository, "commit": name.commit], session)
  }
}
