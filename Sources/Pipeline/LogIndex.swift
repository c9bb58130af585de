import Analysis
import LogArchive

/// The index of one archived log, which spares opening the log where nothing can be found.
struct LogIndex {
  private let archive: LogArchive
  private let digest: LogDigest
  private let seal: GramIndex.Seal

  init(_ archive: LogArchive, _ digest: LogDigest, engine: Int) {
    self.archive = archive
    self.digest = digest
    seal = GramIndex.Seal(digest: digest.bytes, engine: engine)
  }

  enum Answer {
    /// No pattern of the query finds anything in the log.
    case no
    case maybe
    /// Nobody knows, as there is no index, or one that can't be used.
    case missing
  }

  /// - Parameter query: nil to ask no more than whether there is an index.
  func ask(_ query: GramQuery?) -> Answer {
    guard let file = archive.openIndex(of: digest),
      var reader = GramIndexReader(seal, fileSize: file.size, read: { file.read(at: $0, into: $1) })
    else { return .missing }
    if let query, !reader.mayMatch(query) { return .no }
    return reader.isBroken ? .missing : .maybe
  }

  /// Keeps what was gathered while the whole log was read. An archive that can't take it does without.
  func store(_ builder: GramIndexBuilder) { try? archive.storeIndex(builder.finish(seal), of: digest) }
}
