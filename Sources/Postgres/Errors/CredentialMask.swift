/// Takes passwords out of a text for people.
///
/// libpq says in its messages what it took for the host, the port or the database, which of a malformed connection string can be
/// anything, a whole URL among them. So what has the form of a credential is masked, wherever it stands. The password itself isn't
/// searched for: one that is short, or an ordinary word, would be masked in innocent text as well, and thereby told.
enum CredentialMask {
  /// Masks what stands between `://user:` and the last `@` of the same word, and what follows `password=`.
  static func mask(_ text: String) -> String {
    text.replacing(/(:\/\/[^\s:\/@]*:)\S*@/) { "\($0.output.1)•••@" }
      .replacing(/(password\s*=\s*)(?:'(?:[^'\\]|\\.)*'?|[^\s&]+)/.ignoresCase()) { "\($0.output.1)•••" }
  }
}
