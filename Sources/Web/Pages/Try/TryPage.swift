import Analysis
import Model
import Pipeline

/// What would a pattern do? An expression or a pattern file is tried on all archived logs; the page shows how far it is.
enum TryPage {
  /// The longest expression, in bytes.
  static let longestExpression = 4_096
  /// The largest pattern file, in bytes.
  static let largestFile = 64 << 10

  static let page = Page<TryState>(
    path: "try", summary: "How a trial of a pattern stands.",
    about:
      "`POST /try` begins one and tells its key. A trial runs on by itself and is told here, and as events at `/try/{trial}/events`.",
    parameters: [
      .query("trial", .text(most: 64), "The trial's key."),
      .query("expression", .text(most: longestExpression), "Fills in the form: an expression."),
      .query("file", .text(most: largestFile), "Fills in the form: a pattern file."),
      .query("id", .text(most: 200), "Fills in the form: the id that the file has or will have."),
    ],
    load: { input in
      guard let key = input.text("trial") else { return TryState(trial: nil) }
      guard let state = await input.backend.trials.state(key) else {
        throw WebError(.notFound, "this trial is not known any more", hint: "begin it again: it goes on where it was")
      }
      return TryState(trial: TrialValue(key, state, today: input.today))
    },
    view: { value, input in
      let state: TrialDesk.State? = if let key = input.text("trial") { await input.backend.trials.state(key) } else { nil }
      return Page.View("try", title: "Try a pattern", TryView(value, state, input))
    })

  static let begin = Action(
    path: "try", summary: "Begin a trial of a pattern.",
    about: "Give an `expression`, or the text of a pattern file as `file`. The same again goes on where it was.",
    parameters: [
      .form("expression", .text(most: longestExpression), "An expression (PCRE2)."),
      .form("ignore_case", .flag, "Whether case doesn't matter to the expression."),
      .form(
        "verdict", .choice(["failure", "flaky", "infrastructure"]), "What the expression's findings are to say.", usual: "failure"),
      .form("group_by", .text(most: 500), "Captures that make two findings the same failure, with commas between them."),
      .form("file", .text(most: largestFile), "A pattern file, instead of all these."),
      .form("id", .text(most: 200), "The id that the file has or will have, such as network/reset."),
      .form("since", .since, "Only builds that finished since."),
    ],
    oneOf: ["expression", "file"], role: .reader,
    form: .init(path: "/try", parameters: ["expression": "expression", "file": "file", "id": "id"]),
    perform: { input in
      let order = try await Self.order(input)
      do {
        let key = try await input.backend.trials.begin(order, owner: input.viewer.name)
        return Action.Done(location: "/try?trial=\(key)", detail: "the trial \(key) runs")
      } catch let refusal as TrialDesk.Refusal {
        switch refusal {
        case .busy(let most): throw tooMany("\(most) trials run already")
        case .busyWithYours(let most): throw tooMany("you have \(most) running already")
        }
      }
    })

  static let stop = Action(
    path: "try/:trial/stop", summary: "Stop a trial; what it has found is kept.",
    parameters: [.path("trial", .text(most: 64), "The trial's key.")],
    role: .reader,
    perform: { input in
      let key = input.text("trial") ?? ""
      guard let state = await input.backend.trials.state(key) else { throw WebError(.notFound, "there is no such trial") }
      guard state.owner == input.viewer.name || input.viewer.role >= .curator else {
        throw WebError(.forbidden, "\(state.owner) began it", hint: "a curator can stop it, too")
      }
      await input.backend.trials.stop(key)
      return Action.Done(location: "/try?trial=\(PageInput.encoded(key))", detail: "it is stopped")
    })

  static let propose = Action(
    path: "try/:trial/propose", summary: "Propose what was tried to the patterns' repository, as a pull request.",
    about: "Tells the pull request's address. The same again gives the same one.",
    parameters: [
      .path("trial", .text(most: 64), "The trial's key."),
      .form("id", .text(most: 200), "What the pattern is to be called, such as network/reset.", needed: true),
    ],
    perform: { input in
      guard let proposals = input.backend.proposals else {
        throw WebError(.notFound, "no repository of patterns is configured", hint: "set patterns-repository")
      }
      guard let state = await input.backend.trials.state(input.text("trial") ?? "") else {
        throw WebError(.notFound, "this trial is not known any more", hint: "begin it again: it goes on where it was")
      }
      guard state.phase == .finished, let report = state.report, let file = state.file(today: input.today) else {
        throw WebError(.conflict, "only a trial that is finished and found something can be proposed")
      }
      let id = (input.text("id") ?? "").trimmingCharacters(in: .whitespaces)
      guard id.contains("/"), id.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPart) else {
        throw WebError(
          .badRequest, "id is \"\(id)\"", hint: "it must be like network/connection-refused, of a-z, 0-9 and single hyphens",
          field: "id")
      }
      // What is proposed must hold as a file: under its name, with its examples.
      do {
        _ = try await input.backend.trials.check(for: input.viewer.name) { try Candidate.file(file.yaml, id: PatternID(id)) }
      } catch let refusal as Candidate.Refusal {
        throw WebError(.unprocessableContent, refusal.message, hint: "mend it as a file, and try that", field: "id")
      }
      let why =
        "It finds \(Figures.count(report.findings, "line")) in the archived logs: in \(report.failedBuilds) of "
        + "\(report.archived.failedBuilds) failed builds and \(report.passedBuilds) of \(report.archived.passedBuilds) passing ones."
      let address = try await proposals.propose(file.yaml, as: PatternID(id), why: why, who: input.viewer.name)
      await input.backend.trials.note(proposal: address, of: state.order.key)
      return Action.Done(location: "/try?trial=\(state.order.key)", detail: "it is proposed: \(address)")
    })

  /// A folder's or a file's name in a pattern's id.
  private static func isPart(_ part: Substring) -> Bool {
    part.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" } && !part.isEmpty
      && part.first != "-" && part.last != "-" && !part.contains("--")
  }

  private static func tooMany(_ what: String) -> WebError {
    WebError(.tooManyRequests, what, hint: "stop one, or wait for its end", headers: [.retryAfter: "30"])
  }

  private static func order(_ input: PageInput) async throws -> TrialDesk.Order {
    let since = input.moment("since")
    do {
      if let text = input.text("file") {
        let id = input.text("id").map { PatternID($0) } ?? Candidate.id
        // Browsers send line breaks as CR LF.
        let file = text.replacing("\r\n", with: "\n")
        let candidate = try await input.backend.trials.check(for: input.viewer.name) { try Candidate.file(file, id: id) }
        return TrialDesk.Order(candidate: candidate, since: since, source: file, isFile: true)
      }
      guard let expression = input.text("expression") else {
        throw WebError(.badRequest, "expression is missing", hint: "give an expression, or a pattern file", field: "expression")
      }
      let groupBy = (input.text("group_by") ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let (ignoresCase, verdict) = (input.flag("ignore_case"), PatternVerdict(rawValue: input.text("verdict") ?? "") ?? .failure)
      let candidate = try await input.backend.trials.check(for: input.viewer.name) {
        try Candidate.expression(
          expression, ignoreCase: ignoresCase, verdict: verdict, groupBy: groupBy.filter { !$0.isEmpty })
      }
      return TrialDesk.Order(candidate: candidate, since: since, source: expression, isFile: false)
    } catch let refusal as Candidate.Refusal {
      throw WebError(
        .unprocessableContent, "\(refusal.field): \(refusal.message)", hint: refusal.hint,
        field: refusal.field.replacing("-", with: "_"))
    }
  }
}

struct TryState: APIValue {
  let trial: TrialValue?

  static let schema = Schema.object("TryState", ["trial": .optional(TrialValue.schema)])
}
