import Analysis
import Foundation
import Testing

/// The patterns that Culprit comes with.
@Suite struct CatalogStarterTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../patterns")
    .standardizedFileURL.path

  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder)))
  func starterPatternsHaveNoErrors() {
    #expect(Catalog.read(paths: [Self.folder]).issues.map(\.description) == [])
  }
}
