import Analysis
import Foundation
import Model
import Pipeline
import Store
import Yams

/// What the configuration file and the environment say, checked.
struct Settings: Sendable {
  private var values: [Setting: (text: String, origin: String)] = [:]
  private let environment: [String: String]

  /// - Parameters:
  ///   - path: `--config`; nil for `culprit.yaml` in the current folder, if it is there.
  ///   - readsFile: false for what must not be led astray by a file that lies about.
  /// - Throws: `Failure` with the file, the key and the nearest valid one.
  init(
    path: String?, readsFile: Bool = true, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    self.environment = environment
    let file = path ?? "culprit.yaml"
    if readsFile, path != nil || FileManager.default.fileExists(atPath: file) { try read(file) }
    for setting in Setting.allCases {
      if let text = environment[setting.variable], !text.isEmpty { values[setting] = (text, "$" + setting.variable) }
    }
    try check()
  }

  private mutating func read(_ file: String) throws {
    guard let data = FileManager.default.contents(atPath: file), data.count <= 1 << 20 else {
      throw Failure("\(file): can't be read", hint: "check the path given with --config, and its permissions")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self))
    } catch {
      let line = (error as? YamlError).map { "\($0)".split(separator: "\n").first.map(String.init) ?? "" } ?? "\(error)"
      throw Failure("\(file): not valid YAML: \(line)", hint: "docs/configuration.md shows an example")
    }
    guard let node else { return }
    guard case .mapping(let mapping) = node else {
      throw Failure("\(file): must hold keys and values", hint: "docs/configuration.md shows an example")
    }
    for (key, value) in mapping {
      let name = key.scalar?.string ?? "?"
      let line = key.mark?.line ?? 1
      guard let setting = Setting(rawValue: name) else {
        let nearest = NearestName.of(name, among: Setting.allCases.map(\.rawValue))
        throw Failure(
          "\(file):\(line): unknown key \"\(name)\"",
          hint: nearest.map { "did you mean \"\($0)\"?" } ?? "docs/configuration.md lists the keys")
      }
      guard let text = value.scalar?.string else {
        throw Failure("\(file):\(line): \"\(name)\" must be one value", hint: setting.meaning)
      }
      values[setting] = (text, "\(file):\(line)")
    }
  }

  private func check() throws {
    for setting in [
      Setting.lanes, .matchLimit, .lineMilliseconds, .patternMilliseconds, .logMilliseconds, .findingsPerPattern, .suspendAfter,
    ] {
      _ = try number(setting)
    }
    _ = try health
    _ = try coolOff
    _ = try rateLimit
    if let (text, origin) = values[.color], Style.Mode(rawValue: text) == nil {
      throw Failure("\(origin): \"color\" is \"\(text)\"", hint: "it must be auto, always or never")
    }
    if let (text, origin) = values[.logFormat], WorkLog.Format(rawValue: text) == nil {
      throw Failure("\(origin): \"log-format\" is \"\(text)\"", hint: "it must be auto, text or json")
    }
    try checkKernels()
  }

  private func checkKernels() throws {
    guard let name = KernelChoice.forced(in: environment), !KernelChoice.available.contains(name) else { return }
    throw Failure(
      "$\(KernelChoice.variable): this processor has no kernels called \"\(name)\"",
      hint: "it must be one of \(KernelChoice.available.joined(separator: ", ")), or not be set")
  }

  private func number(_ setting: Setting, from least: Int = 1) throws -> Int? {
    guard let (text, origin) = values[setting] else { return nil }
    guard let value = Int(text), (least...1_000_000_000).contains(value) else {
      throw Failure(
        "\(origin): \"\(setting.rawValue)\" is \"\(text)\"", hint: "it must be a whole number from \(least) to 1000000000")
    }
    return value
  }

  /// A share from 0 to 1, of a setting in percent.
  private func percent(_ setting: Setting) throws -> Double? {
    guard let (text, origin) = values[setting] else { return nil }
    guard let value = Double(text), (0...100).contains(value) else {
      throw Failure("\(origin): \"\(setting.rawValue)\" is \"\(text)\"", hint: "it must be a number of percent from 0 to 100")
    }
    return value / 100
  }

  func text(_ setting: Setting) -> String? { values[setting]?.text }

  /// The value and where it comes from, for `culprit doctor`.
  func told(_ setting: Setting) -> (text: String, origin: String)? { values[setting] }

  var scanLimits: ScanLimits {
    get throws {
      var limits = ScanLimits()
      if let value = try number(.matchLimit) { limits.matchLimit = UInt32(value) }
      if let value = try number(.lineMilliseconds) { limits.lineNanoseconds = UInt64(value) * 1_000_000 }
      if let value = try number(.patternMilliseconds) { limits.patternNanoseconds = UInt64(value) * 1_000_000 }
      if let value = try number(.logMilliseconds) { limits.logNanoseconds = UInt64(value) * 1_000_000 }
      if let value = try number(.findingsPerPattern) { limits.findingsPerPattern = value }
      return limits
    }
  }

  var rescan: RescanStage.Settings {
    get throws {
      var settings = RescanStage.Settings()
      settings.limits = try scanLimits
      if let value = try number(.lanes) { settings.lanes = min(value, 64) }
      if let value = try number(.suspendAfter) { settings.suspendAfter = value }
      return settings
    }
  }

  /// Which passing builds are scanned, and from when on patterns are suspect.
  var health: HealthRules {
    get throws {
      var rules = HealthRules()
      if let value = try percent(.samplePassing) { rules.sampledShare = value }
      if let value = try percent(.suspectAbove) { rules.suspectShare = value }
      if let value = try number(.suspectSamples) { rules.suspectSamples = value }
      if let value = try number(.suspectReports) { rules.suspectReports = value }
      return rules
    }
  }

  var logFormat: WorkLog.Format { text(.logFormat).flatMap { WorkLog.Format(rawValue: $0) } ?? .auto }

  // MARK: - Places

  /// The private database and the archive live here.
  var dataFolder: String {
    if let text = text(.data) { return text }
    if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return base + "/culprit" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/culprit"
  }

  var archiveFolder: String { text(.archive) ?? dataFolder + "/archive" }

  /// The database's address as a secret; nil for a private database.
  func databaseURL() throws -> String? {
    if let url = environment["DATABASE_URL"], !url.isEmpty { return url }
    if let file = text(.databaseURLFile) {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw Failure("\(file): can't be read", hint: "it is named by the setting database-url-file")
      }
      return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    // libpq's own variables: an empty address leaves everything to them.
    return ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"].contains { !(environment[$0] ?? "").isEmpty } ? "" : nil
  }

  /// A secret: from the environment, else from the file that a setting names; nil if neither is there.
  ///
  /// - Throws: `Failure` if the file can't be read; it names the file, not what is in it.
  func secret(_ variable: String, file: Setting?) throws -> String? {
    if let value = self.variable(variable) { return value }
    guard let file, let path = text(file) else { return nil }
    guard let data = FileManager.default.contents(atPath: path), data.count <= 64 << 10 else {
      throw Failure("\(path): can't be read", hint: "it is named by the setting \(file.rawValue)")
    }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A variable of the environment; nil if it is empty.
  func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// Seconds.
  var coolOff: Double {
    get throws { try number(.coolOff, from: 0).map(Double.init) ?? 30 }
  }

  /// Requests per second; 0: any number.
  var rateLimit: Double? {
    get throws { try number(.rateLimit, from: 0).map(Double.init) }
  }

  /// The pattern files: `--patterns`, the setting, else the bundled ones.
  func patternFolder(_ given: String?) throws -> String {
    if let given = given ?? text(.patterns) {
      guard FileManager.default.fileExists(atPath: given) else {
        throw Failure("\(given): there is no such folder of patterns", hint: "check --patterns, CULPRIT_PATTERNS or culprit.yaml")
      }
      return given
    }
    return try Bundled.folder("patterns")
  }
}
