/// Prometheus' text format, version 0.0.4. Source: "Exposition formats" in Prometheus' documentation.
struct PrometheusText {
  private(set) var text = ""

  /// Says what the lines that follow are.
  mutating func begin(_ name: String, _ kind: PrometheusSeries.Kind, help: String?) {
    if let help { text += "# HELP \(name) \(Self.escape(help, quotes: false))\n" }
    let type =
      switch kind {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    text += "# TYPE \(name) \(type)\n"
  }

  /// - Parameter labels: as `labels(_:)` gives them.
  mutating func add(_ name: String, _ labels: String, _ value: PrometheusSeries.Value) {
    switch value {
    case .number(let number): line(name, labels, Self.number(number))
    case .histogram(let upTo, let count, let sum):
      let before = labels.isEmpty ? "" : labels + ","
      for bucket in upTo { line(name + "_bucket", before + "le=\"\(Self.number(bucket.bound))\"", String(bucket.count)) }
      line(name + "_bucket", before + "le=\"+Inf\"", String(count))
      line(name + "_sum", labels, Self.number(sum))
      line(name + "_count", labels, String(count))
    }
  }

  private mutating func line(_ name: String, _ labels: String, _ value: String) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }

  /// A name that Prometheus takes: letters, digits, `_` and `:`, no digit first.
  static func name(_ label: String) -> String {
    var name = String(label.unicodeScalars.map { allowed($0) ? Character($0) : "_" })
    if let first = name.first, first.isNumber { name = "_" + name }
    return name.isEmpty ? "_" : name
  }

  private static func allowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ":": true
    default: false
    }
  }

  /// `a="1",b="2"`, sorted by name.
  static func labels(_ dimensions: [(String, String)]) -> String {
    dimensions.map { (name($0.0).replacing(":", with: "_"), escape($0.1, quotes: true)) }.sorted { $0.0 < $1.0 }
      .map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// As Go's `strconv.ParseFloat` reads it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }
}
