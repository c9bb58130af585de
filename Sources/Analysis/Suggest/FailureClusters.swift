/// Failed builds, clustered by what they say went wrong.
///
/// Greedy, as in covering a set: of all lines the one that tells most of the builds that are left makes a cluster of them, and so forth.
/// The same builds give the same clusters.
package struct FailureClusters: Sendable {
  /// The largest first.
  package private(set) var clusters: [FailureCluster] = []
  /// Builds without a line that tells them from passing ones, or that came after the last cluster.
  package private(set) var untold: [Int] = []

  /// Clusters at most; what is left over would be of single builds in any case that matters.
  package static let most = 1_000

  /// - Parameters:
  ///   - builds: the telling lines of each build.
  ///   - familiar: for each build the keys of those lines that passing builds of its job say, too; nil, or nothing, where none are known.
  package init(_ builds: [[TellingLine]], familiar: [Set<String>?] = []) {
    let families = LineFamilies(builds.joined())
    let strange = builds.indices.map { build in
      Self.strange(builds[build], build < familiar.count ? familiar[build] : nil, families)
    }
    var cover = Cover(strange, families)
    var isTold = Array(repeating: false, count: builds.count)
    while clusters.count < Self.most, let cluster = cover.next() {
      for build in cluster.builds { isTold[build] = true }
      clusters.append(cluster)
    }
    untold = isTold.indices.filter { !isTold[$0] }
    clusters.sort { $0.builds.count == $1.builds.count ? $0.template.key < $1.template.key : $0.builds.count > $1.builds.count }
  }

  /// The lines that passing builds don't say.
  private static func strange(_ lines: [TellingLine], _ familiar: Set<String>?, _ families: LineFamilies) -> [TellingLine] {
    // That a line stands at the end says something only if passing builds end otherwise.
    guard let familiar else { return lines.filter(\.looksLikeError) }
    return lines.filter { line in
      if familiar.contains(line.key) { return false }
      // What passing builds say of another name is everyday work, unless it sounds like an error.
      guard !line.looksLikeError, let family = families.templates[line.key] else { return true }
      return !(families.members[family.key] ?? []).contains { familiar.contains($0) }
    }
  }

  /// Which templates the builds that are left have.
  private struct Cover {
    private struct Candidate {
      let template: LineTemplate
      let key: String
      let weight: Int
      /// Builds and the index of their line.
      var places: [(build: Int, line: Int)] = []
      var left = 0
      /// How far from the end of what their logs tell, in lines, over all builds.
      var distance = 0
    }

    private let builds: [[TellingLine]]
    private var candidates: [Candidate] = []
    private var candidatesOfBuild: [[Int]]
    private var isLeft: [Bool]

    init(_ builds: [[TellingLine]], _ families: LineFamilies) {
      self.builds = builds
      isLeft = Array(repeating: true, count: builds.count)
      candidatesOfBuild = Array(repeating: [], count: builds.count)
      var numbers: [String: Int] = [:]
      for (build, lines) in builds.enumerated() {
        // From the end, as of a family the last line is taken.
        for (index, line) in lines.enumerated().reversed() {
          let template = families.templates[line.key] ?? line.template
          let key = template.key
          let number = numbers[key] ?? candidates.count
          if number == candidates.count {
            numbers[key] = number
            candidates.append(Candidate(template: template, key: key, weight: line.weight * Self.detail(template)))
          }
          guard candidates[number].places.last?.build != build else { continue }
          candidates[number].places.append((build, index))
          candidates[number].left += 1
          candidates[number].distance += lines.count - index
          candidatesOfBuild[build].append(number)
        }
      }
    }

    /// How much a line says: two words tell that it ended, and seldom why.
    private static func detail(_ template: LineTemplate) -> Int { min(3, max(1, template.words.count - 1)) }

    /// Takes the builds of the candidate that tells most.
    mutating func next() -> FailureCluster? {
      guard let best = candidates.indices.max(by: isWorse), candidates[best].left > 0 else { return nil }
      let places = candidates[best].places.filter { isLeft[$0.build] }
      for (build, _) in places {
        isLeft[build] = false
        for number in candidatesOfBuild[build] { candidates[number].left -= 1 }
      }
      let lines = places.map { builds[$0.build][$0.line] }
      return FailureCluster(template: candidates[best].template, builds: places.map(\.build), lines: lines)
    }

    private func isWorse(_ left: Int, _ right: Int) -> Bool {
      let (a, b) = (candidates[left], candidates[right])
      if a.left * a.weight != b.left * b.weight { return a.left * a.weight < b.left * b.weight }
      if a.left != b.left { return a.left < b.left }
      // On average nearer to the end; multiplied out, as both are of different numbers of builds.
      let (far, near) = (a.distance * b.places.count, b.distance * a.places.count)
      return far == near ? a.key > b.key : far > near
    }
  }
}
