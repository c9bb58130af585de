import LogSource

/// What a source gave: logs by name, and errors, in order.
struct Collected {
  var names: [String] = []
  var texts: [String: [UInt8]] = [:]
  var errors: [LogSourceError] = []

  init(_ sources: String..., limits: LogSourceLimits = LogSourceLimits()) throws {
    try LogSource(limits: limits).forEachLog(in: sources) { reader in
      let name = reader.displayName
      names.append(name)
      try reader.forEachBlock { texts[name, default: []] += $0 }
    } failure: {
      errors.append($0)
    }
  }
}
