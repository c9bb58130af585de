import ArgumentParser

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Flag(name: .long, help: "No progress, no notes.")
  var quiet = false

  @Flag(name: .long, help: "Say what is worked with: patterns, database, limits.")
  var verbose = false

  @Option(name: .long, help: "Colours: auto, always or never.")
  var color: Style.Mode?

  @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String?

  func settings() throws -> Settings { try Settings(path: config) }

  func style(_ settings: Settings) -> Style {
    Style(color ?? settings.text(.color).flatMap { Style.Mode(rawValue: $0) } ?? .auto)
  }

  /// What only --verbose wants to know.
  func detail(_ text: @autoclosure () -> String) {
    if verbose { Output.error(text()) }
  }

  func note(_ text: String) {
    if !quiet { Output.error(text) }
  }
}
