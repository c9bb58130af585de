import Hummingbird
import Store

/// What stands around every page: head, navigation, who is logged in.
struct Shell: Sendable {
  let templates: Templates
  let assets: Assets
  /// Whether there is anything to log in to.
  let hasLogin: Bool

  /// A whole page as an answer.
  ///
  /// - Parameters:
  ///   - view: what the template shows, by its properties' names, which stand inside `{{#page}}`.
  ///   - section: the first part of the path, which the navigation marks as the current one; nil: none is.
  ///   - behind: changes of builds that the page's figures lack; nil: they are complete.
  func response(
    _ view: any Sendable, template: String, title: String, section: String? = nil, status: HTTPResponse.Status = .ok,
    viewer: Viewer?, formToken: String, behind: Int? = nil
  ) throws -> Response {
    let frame = Frame(
      title: title, style: assets.link("culprit.css"), script: assets.link("culprit.js"),
      sections: Self.sections.map { .init(name: $0.name, path: $0.path, isCurrent: $0.path == section.map { "/" + $0 }) },
      viewer: viewer.map { .init(name: $0.name, role: $0.role.rawValue, canLogOut: $0.way == .session) },
      offersLogin: hasLogin && viewer == nil, formToken: formToken,
      behindText: behind.map {
        Figures.count($0, "change of a build", "changes of builds") + ($0 < Store.mostCounted ? "" : " or more")
      },
      page: view)
    let text = try templates.render(frame, template)
    return Response(
      status: status, headers: [.contentType: "text/html; charset=utf-8", .contentLength: String(text.utf8.count)],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  private static let sections: [(name: String, path: String)] = [
    ("Causes", "/"), ("Commits", "/commits"), ("Builds", "/builds"), ("Patterns", "/patterns"), ("Try", "/try"),
    ("Unexplained", "/unexplained"), ("Known problems", "/known"), ("Main branch", "/main"), ("Operations", "/operations"),
  ]

  /// What the layout shows.
  private struct Frame: Sendable {
    let title: String
    let style: String
    let script: String
    let sections: [Section]
    let viewer: ViewerCorner?
    let offersLogin: Bool
    let formToken: String
    let behindText: String?
    let page: any Sendable
  }

  private struct Section: Sendable {
    let name: String
    let path: String
    let isCurrent: Bool
  }

  private struct ViewerCorner: Sendable {
    let name: String
    let role: String
    let canLogOut: Bool
  }
}
