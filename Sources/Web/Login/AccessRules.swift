import Foundation
import Model

/// Who has which role: lists of people, organisations and teams.
///
/// `@ada` is a person, `acme` the members of an organisation, `acme/ci` a team of it.
package struct AccessRules: Sendable, Equatable {
  package enum Entry: Hashable, Sendable, CustomStringConvertible {
    /// In lower case.
    case person(String)
    case organisation(String)
    case team(organisation: String, team: String)

    /// As it stands in a list.
    package var description: String {
      switch self {
      case .person(let login): "@\(login)"
      case .organisation(let name): name
      case .team(let organisation, let team): "\(organisation)/\(team)"
      }
    }

    /// Whether it is a person of that name, whatever the case of its letters.
    ///
    /// Letters beyond ASCII are in no name of the lists. Some of them become ASCII in lower case, and would make others of those who have them.
    func isPerson(_ login: String) -> Bool {
      guard case .person(let own) = self, login.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
      return own.utf8.elementsEqual(login.lowercased().utf8)
    }
  }

  /// By role; the highest role that an entry gives counts.
  package let entries: [Role: [Entry]]

  package init(_ entries: [Role: [Entry]]) { self.entries = entries }

  /// Reads a list of entries, separated by commas or blanks.
  ///
  /// - Returns: nil if one of them is none.
  package static func entries(_ text: String) -> [Entry]? {
    var entries: [Entry] = []
    for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let names = part.drop { $0 == "@" }.split(separator: "/", omittingEmptySubsequences: false)
      guard names.allSatisfy({ isName($0) }) else { return nil }
      switch (part.first == "@", names.count) {
      case (true, 1): entries.append(.person(names[0].lowercased()))
      case (false, 1): entries.append(.organisation(String(names[0])))
      case (false, 2): entries.append(.team(organisation: String(names[0]), team: String(names[1])))
      default: return nil
      }
    }
    return entries
  }

  private static func isName(_ text: Substring) -> Bool {
    (1...100).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
      }
  }

  /// Whether they name organisations or teams.
  var asksMemberships: Bool { entries.values.joined().contains { if case .person = $0 { false } else { true } } }

  package var isEmpty: Bool { entries.values.allSatisfy(\.isEmpty) }

  /// The highest role of someone of whom only the name is known.
  func role(ofPerson login: String) -> Role? { entries.filter { $0.value.contains { $0.isPerson(login) } }.keys.max() }

  /// The highest role that an entry, as it stood in the lists once, still gives.
  func role(of entry: String) -> Role? {
    entries.filter { $0.value.contains { $0.description.utf8.elementsEqual(entry.utf8) } }.keys.max()
  }

  /// What must be asked of the code host to know someone's role, the highest role first.
  var questions: [(role: Role, entry: Entry)] {
    entries.sorted { $0.key > $1.key }.flatMap { role, entries in entries.map { (role, $0) } }
  }
}
