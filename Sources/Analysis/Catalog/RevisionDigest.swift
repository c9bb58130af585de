import Crypto
import Model

/// The identity of what a pattern matches: equal definitions have equal digests, in every process and for all time.
package enum RevisionDigest {
  /// SHA-256 over the definition's fields in a fixed order, each as its length in bytes (64 bits, big-endian) and its bytes.
  ///
  /// - Returns: 32 bytes.
  package static func of(_ definition: MatchDefinition) -> [UInt8] {
    var fields = Fields()
    fields.append("culprit pattern revision 1")
    switch definition.matcher {
    case .match(let expression):
      fields.append("match")
      fields.append([expression])
    case .literal(let text):
      fields.append("literal")
      fields.append([text])
    case .sequence(let steps, let within):
      fields.append("sequence")
      fields.append(steps)
      fields.append(String(within))
    }
    fields.append(definition.ignoreCase ? "ignore-case" : "")
    let scope = definition.scope.expressions.sorted { $0.key.rawValue < $1.key.rawValue }
    fields.append(scope.flatMap { [$0.key.rawValue, $0.value] })
    fields.append(definition.tail.map(String.init) ?? "")
    return fields.digest
  }

  /// The identity of what a trial of a definition finds: that depends on the limits, too.
  package static func of(_ definition: MatchDefinition, _ limits: ScanLimits) -> [UInt8] {
    var fields = Fields()
    fields.append("culprit trial 2")
    fields.append(of(definition).map(String.init))
    fields.append([
      "\(limits.matchLimit)", "\(limits.stackBytes)", "\(limits.lineNanoseconds)", "\(limits.patternNanoseconds)",
      "\(limits.logNanoseconds)", "\(limits.windowBytes)", "\(limits.overlapBytes)", "\(limits.findingsPerPattern)",
      "\(limits.findingsPerLog)", "\(limits.keptBytes)",
    ])
    return fields.digest
  }

  private struct Fields {
    private var hash = SHA256()

    mutating func append(_ field: String) {
      append(field.utf8.count)
      hash.update(data: Array(field.utf8))
    }

    /// A list is its number of fields and then those.
    mutating func append(_ fields: [String]) {
      append(fields.count)
      for field in fields { append(field) }
    }

    private mutating func append(_ count: Int) {
      withUnsafeBytes(of: UInt64(count).bigEndian) { hash.update(bufferPointer: $0) }
    }

    var digest: [UInt8] { Array(hash.finalize()) }
  }
}
