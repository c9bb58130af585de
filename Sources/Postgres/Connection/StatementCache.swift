/// The prepared statements of one connection. The least recently used one makes room for a new one.
struct StatementCache {
  struct Key: Hashable {
    let text: String
    let types: [UInt32]
  }

  private struct Entry {
    let name: String
    var lastUse: Int
  }

  private let capacity: Int
  private var entries: [Key: Entry] = [:]
  private var uses = 0
  private var names = 0

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// The name under which a statement is prepared.
  mutating func name(of key: Key) -> String? {
    uses += 1
    entries[key]?.lastUse = uses
    return entries[key]?.name
  }

  /// A name that was never used on this connection.
  mutating func newName() -> String {
    names += 1
    return "culprit_\(names)"
  }

  /// Remembers a prepared statement.
  /// - Returns: the name of one to be deallocated for it.
  mutating func insert(_ key: Key, name: String) -> String? {
    uses += 1
    let oldest = entries.count >= capacity ? entries.min { $0.value.lastUse < $1.value.lastUse }?.key : nil
    let evicted = oldest.flatMap { entries.removeValue(forKey: $0)?.name }
    entries[key] = Entry(name: name, lastUse: uses)
    return evicted
  }

  /// Forgets a statement that the server doesn't know any more.
  mutating func remove(_ key: Key) {
    entries[key] = nil
  }
}
