import Foundation
import Synchronization

/// Tells how long work goes on: a bar on a terminal, else a line every ten seconds; on standard error.
final class ProgressBar: Sendable {
  private struct State {
    var last: Date
    var shown = false
  }

  private let label: String
  private let unit: String
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let began = Date()
  private let state: Mutex<State>

  init(_ label: String, unit: String, isQuiet: Bool) {
    self.label = label
    self.unit = unit
    self.isQuiet = isQuiet
    isTerminal = isatty(STDERR_FILENO) == 1
    state = Mutex(State(last: isTerminal ? .distantPast : Date()))
  }

  /// - Parameter total: nil where nobody knows.
  func update(_ done: Int, of total: Int?) {
    guard !isQuiet else { return }
    let now = Date()
    let due = state.withLock { state in
      guard now.timeIntervalSince(state.last) >= (isTerminal ? 0.1 : 10) else { return false }
      state.last = now
      state.shown = true
      return true
    }
    guard due else { return }
    let text = line(done, total, seconds: now.timeIntervalSince(began))
    if isTerminal { Output.status(text) } else { Output.error(text) }
  }

  /// Takes the bar away.
  func finish() {
    if isTerminal, state.withLock({ $0.shown }) { Output.status("") }
  }

  private func line(_ done: Int, _ total: Int?, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var text = "\(label): \(done)"
    if let total, total > 0 {
      let share = min(1, Double(done) / Double(total))
      if isTerminal {
        let filled = Int(share * 24)
        text = "\(label) [" + String(repeating: "=", count: filled) + String(repeating: " ", count: 24 - filled) + "] \(done)"
      }
      text += " of \(total) \(unit), \(Int(share * 100)) %"
      if rate > 0 { text += ", \(Self.duration(Double(max(0, total - done)) / rate)) left" }
    } else {
      text += " \(unit)"
    }
    return text + ", \(Int(rate)) \(unit)/s"
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
  }
}
