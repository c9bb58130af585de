import Foundation

/// Finds pattern files on disk.
struct PatternFolder {
  /// A file that should hold a pattern.
  struct Entry {
    /// As issues name it: the path that was asked for, and the rest below it.
    let shown: String
    /// Where it is, absolute.
    let path: String
    /// Its path below the folder that ids are relative to, with the ending.
    let relative: String
  }

  private(set) var entries: [Entry] = []
  private(set) var issues: [CatalogIssue] = []
  private var seen: Set<String> = []

  /// Everything below a folder, whose name isn't part of the ids.
  init(folder: String) {
    let path = Self.absolute(folder)
    guard Self.kind(of: Self.resolved(path)) == .folder else {
      report(folder, Self.kind(of: Self.resolved(path)) == nil ? "no such folder" : "is not a folder")
      return
    }
    visit(path, shown: folder, relative: "", root: Self.resolved(path))
  }

  /// Files and folders, or parts of a folder; their ids are relative to the nearest folder above them, or themselves, that is called
  /// `patterns`, else to the folder that was asked for.
  init(paths: [String]) {
    for shown in paths {
      let path = Self.absolute(shown)
      switch Self.kind(of: Self.resolved(path)) {
      case .folder:
        let root = Self.root(above: path) ?? path
        visit(path, shown: shown, relative: Self.relative(path, to: root), root: Self.resolved(root))
      case .file:
        let folder = (path as NSString).deletingLastPathComponent
        add(Entry(shown: shown, path: path, relative: Self.relative(path, to: Self.root(above: folder) ?? folder)))
      case nil: report(shown, "no such file or folder")
      default: report(shown, Self.neither)
      }
    }
  }

  // MARK: - Walking

  private mutating func visit(_ path: String, shown: String, relative: String, root: String) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      report(shown, "the folder can't be read")
      return
    }
    for name in names where !name.hasPrefix(".") {
      let below = Entry(
        shown: shown.hasSuffix("/") ? shown + name : "\(shown)/\(name)", path: "\(path)/\(name)",
        relative: relative.isEmpty ? name : "\(relative)/\(name)")
      switch Self.kind(of: below.path) {
      case .folder: visit(below.path, shown: below.shown, relative: below.relative, root: root)
      case .file: if PatternPath.withoutEnding(name) != nil { add(below) }
      case .link: visitLink(below, root: root)
      default: if PatternPath.withoutEnding(name) != nil { report(below.shown, Self.neither) }
      }
    }
  }

  /// Links to files are followed within the folder (as a Kubernetes volume has them). Links to folders never are, or files would
  /// be read twice or for ever.
  private mutating func visitLink(_ entry: Entry, root: String) {
    let target = Self.resolved(entry.path)
    switch Self.kind(of: target) {
    case .folder:
      issues.append(
        CatalogIssue(
          .warning, file: entry.shown, message: "is a link to a folder and is not followed", hint: "move the folder here"))
    case .file:
      guard PatternPath.withoutEnding(entry.path) != nil else { return }
      guard target.hasPrefix(root.hasSuffix("/") ? root : root + "/") else {
        issues.append(
          CatalogIssue(.error, file: entry.shown, message: "is a link that leads out of the folder", hint: "copy the file here"))
        return
      }
      add(entry)
    case let kind:
      guard PatternPath.withoutEnding(entry.path) != nil else { return }
      // A link that leads nowhere can't be resolved and stays a link.
      let leadsNowhere = kind == nil || kind == .link
      report(entry.shown, leadsNowhere ? "is a link that leads nowhere" : Self.neither)
    }
  }

  /// A pipe, a socket or a device: opening one may wait for ever.
  private static let neither = "is neither a file nor a folder"

  private mutating func add(_ entry: Entry) {
    if seen.insert(entry.path).inserted { entries.append(entry) }
  }

  private mutating func report(_ file: String, _ message: String) {
    issues.append(CatalogIssue(.error, file: file, message: message, isUnreadable: true))
  }

  // MARK: - Reading

  /// The file's content, or a little more than the most that a pattern file may have; nil if it can't be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    return (try? file.read(upToCount: PatternDocument.largestFile + 1) ?? Data()).map { Array($0) }
  }

  // MARK: - Paths

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// What a name stands for; nil if nothing has it.
  private enum Kind {
    case file, folder, link, other
  }

  /// lstat(2) rather than all attributes, which take as long to gather as a pattern file takes to be read.
  private static func kind(of path: String) -> Kind? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }

  private static func root(above path: String) -> String? {
    let parts = (path as NSString).pathComponents
    guard let last = parts.lastIndex(of: PatternPath.folderName) else { return nil }
    return NSString.path(withComponents: Array(parts[...last]))
  }

  private static func relative(_ path: String, to root: String) -> String {
    path == root ? "" : String(path.dropFirst(root.hasSuffix("/") ? root.count : root.count + 1))
  }
}
