import Foundation

/// Files that come with the program: patterns, migrations, samples.
enum Bundled {
  /// A folder of them: beside the installed program (`../share/culprit`), else in the source tree that it was built in.
  static func folder(_ name: String) throws -> String {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var places: [URL] = []
    if let share = ProcessInfo.processInfo.environment["CULPRIT_SHARE"], !share.isEmpty {
      places.append(URL(fileURLWithPath: share))
    }
    var folder = program.deletingLastPathComponent()
    places.append(folder.deletingLastPathComponent().appending(path: "share/culprit"))
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) { places.append(folder) }
      folder.deleteLastPathComponent()
    }
    for place in places {
      let path = place.appending(path: name).path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return path }
    }
    throw Failure(
      "the folder \(name) that comes with culprit is not there",
      hint: "it is looked for in $CULPRIT_SHARE, in ../share/culprit beside the program, and in its source tree")
  }
}
