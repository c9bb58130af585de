import Analysis

/// What became of imported rules, for people and for programs.
struct ImportText {
  let rules: [ImportedRule]
  /// Where the files were written; nil if they weren't.
  let folder: String?
  let style: Style

  private func count(_ outcome: ImportedRule.Outcome) -> Int { rules.count { $0.outcome == outcome } }

  /// What was refused and what changed, one by one; what is as it was only if that is asked for. Remarks are the same for many rules: each is
  /// told once.
  func plain(isVerbose: Bool) -> String {
    var lines: [String] = []
    for rule in rules where isVerbose || rule.outcome != .converted {
      let file = rule.file.map { " → \($0.name).yaml" } ?? ""
      let what = rule.outcome == .refused ? style.red("refused") : rule.outcome.rawValue
      lines.append("\(what): \(Style.inert(rule.origin)): \(Style.inert(rule.title))\(file)")
      lines += rule.notes.map { "    " + Style.inert($0) }
      if rule.outcome == .refused, !rule.text.isEmpty { lines.append("    " + Style.inert(rule.text)) }
    }
    var remarks: [String] = []
    for remark in rules.flatMap(\.remarks) where !remarks.contains(remark) { remarks.append(remark) }
    for remark in remarks {
      let number = rules.count { $0.remarks.contains(remark) }
      lines.append("remarked in \(number) \(number == 1 ? "rule" : "rules"): \(Style.inert(remark))")
    }
    let written = rules.count { $0.file != nil }
    lines.append(
      "\(rules.count) rules: \(count(.converted)) converted, \(count(.changed)) changed, \(count(.refused)) refused; "
        + (folder.map { "\(written) files written to \(Style.inert($0))" } ?? "nothing written"))
    return lines.joined(separator: "\n") + "\n"
  }

  var json: String {
    rules.map { rule in
      JSONText.object([
        ("origin", .string(rule.origin)), ("title", .string(rule.title)), ("expression", .string(rule.text)),
        ("outcome", .string(rule.outcome.rawValue)), ("notes", .array(rule.notes.map { .string($0) })),
        ("remarks", .array(rule.remarks.map { .string($0) })), ("name", .optional(rule.file?.name)),
        ("yaml", .optional(rule.file?.yaml)),
      ]).text + "\n"
    }.joined()
  }
}
