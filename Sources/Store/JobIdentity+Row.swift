import Model
import Postgres

extension JobIdentity {
  /// From columns of these names.
  init(_ row: Row) throws {
    self.init(
      repository: try row.decode("repository"), provider: try row.decode("provider"), workflow: try row.decode("workflow"),
      job: try row.decode("job"))
  }
}
