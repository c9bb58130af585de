extension ManifestLine {
  /// The step of one of the logs that the line's file holds: its own for a plain file; each member of an archive, and each file of a
  /// folder, is a step by itself.
  ///
  /// - Parameters:
  ///   - displayName: as `LogSource` tells it.
  ///   - source: the file, as `LogSource` was asked for it.
  package func step(of displayName: String, in source: String) -> String {
    guard displayName != source else { return step }
    let member = displayName.hasPrefix(source + "/") ? String(displayName.dropFirst(source.count + 1)) : displayName
    return step.isEmpty ? member : "\(step): \(member)"
  }
}
