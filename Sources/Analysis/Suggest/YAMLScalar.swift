/// Text as a scalar of a YAML file.
enum YAMLScalar {
  /// In single quotes, in which YAML takes everything as it is but the quote itself. The text has no line break and no control character
  /// other than tabs.
  static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
