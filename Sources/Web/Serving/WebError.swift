import Hummingbird
import LogArchive
import Model
import NIOHTTP1
import Pipeline
import Postgres
import Providers
import Store

/// An answer that isn't what was asked for, told to people and programs alike.
struct WebError: Error, Equatable {
  let status: HTTPResponse.Status
  /// What is wrong, in one line without secrets.
  let detail: String
  /// What can be done about it.
  var hint: String?
  /// Names the parameter or field that is wrong.
  var field: String?
  var headers: HTTPFields = [:]
  /// For people: the address of the form that was refused, filled in.
  var back: String?

  init(_ status: HTTPResponse.Status, _ detail: String, hint: String? = nil, field: String? = nil, headers: HTTPFields = [:]) {
    self.status = status
    self.detail = detail
    self.hint = hint
    self.field = field
    self.headers = headers
  }

  /// What any error of the layers below is to the one who asked. Nil: nothing that could be told; it is ours to mend.
  init?(describing error: any Error) {
    switch error {
    case let error as WebError: self = error
    case let error as StoreError:
      switch error {
      case .noSuchCommit, .noSuchPattern, .noSuchKnownProblem, .noSuchJob, .noSuchToken, .noSuchBuild, .noSuchRepository:
        self.init(.notFound, error.description)
      case .badCursor: self.init(.badRequest, error.description, field: "cursor")
      case .nothingDecided, .sentByAnother: self.init(.conflict, error.description, hint: error.hint)
      case .ambiguousCommit, .ambiguousJob, .revisionChanged: self.init(.conflict, error.description)
      default: return nil
      }
    case let error as PostgresError where error.isConnectionLost:
      self.init(.serviceUnavailable, "the database doesn't answer", headers: [.retryAfter: "5"])
    case let error as Places.Full:
      self.init(
        .tooManyRequests, error.isOwn ? "\(error.most) of yours are at it already" : "\(error.most) are at it already",
        hint: "wait for their end", headers: [.retryAfter: "5"])
    case let error as ArchiveError:
      self.init(error == .full || error.isRetryable ? .serviceUnavailable : .notFound, error.description, hint: error.hint)
    case is HTTPParserError: self.init(.badRequest, "the body is no HTTP, or was cut off")
    case let error as ProviderError:
      self.init(.badGateway, error.description)
    case is HTTPParserError:
      self.init(.badRequest, "the request's body breaks off, or isn't framed as its headers say")
    case let error as HTTPError:
      self.init(error.status, error.body ?? error.status.reasonPhrase.lowercased(), headers: error.headers)
    case let error as any HTTPResponseError:
      self.init(error.status, error.status.reasonPhrase.lowercased())
    default: return nil
    }
  }
}
