-- Builds and their logs, patterns and their revisions, and the ledger: which revision has been tried on which log.

CREATE TABLE repository (
  id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE build (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL REFERENCES repository,
  provider      text NOT NULL,
  external_id   text NOT NULL,
  attempt       integer NOT NULL CHECK (attempt >= 1),
  commit        text NOT NULL COLLATE "C",
  branch        text NOT NULL DEFAULT '',
  pull_request  integer,
  workflow      text NOT NULL DEFAULT '',
  job           text NOT NULL,
  outcome       text NOT NULL CHECK (outcome IN ('success', 'failure', 'timed_out', 'canceled')),
  url           text,
  finished_at   timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, repository_id, external_id, attempt)
);
CREATE INDEX build_commit ON build (commit);
CREATE INDEX build_finished ON build (finished_at);

-- Sets of revisions. There are few different ones among millions of logs, so a log holds the id of its set and a set is never changed.
CREATE TABLE tried_set (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- What made the findings; results of another version of cleaning or matching count for nothing.
  engine  integer NOT NULL,
  members int8multirange NOT NULL,
  -- SHA-256 of engine and members: a multirange can outgrow what an index takes.
  key     bytea NOT NULL UNIQUE
);

CREATE TABLE worker (
  -- Also the second key of the advisory lock that the worker's connection holds while it lives.
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host       text NOT NULL,
  pid        integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE lease_token;

CREATE TABLE log (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  build_id       bigint NOT NULL REFERENCES build ON DELETE CASCADE,
  step           text NOT NULL DEFAULT '',
  -- Fetching and scanning are apart: a failed download is never taken for an empty log.
  fetch_state    text NOT NULL DEFAULT 'pending' CHECK (fetch_state IN ('pending', 'stored', 'gone', 'too_large', 'failed')),
  fetch_attempts integer NOT NULL DEFAULT 0,
  fetch_error    text,
  next_fetch_at  timestamptz,
  -- SHA-256 of the raw bytes, the log's address in the archive.
  digest         bytea CHECK (length(digest) = 32),
  bytes          bigint,
  lines          bigint,
  tried_set_id   bigint REFERENCES tried_set,
  -- Who may write this log's results, and until when; a worker whose token was given to another can't.
  lease_token    bigint,
  lease_worker   integer,
  lease_until    timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (build_id, step),
  CHECK ((fetch_state IN ('stored', 'too_large')) = (digest IS NOT NULL)),
  CHECK ((digest IS NULL) = (tried_set_id IS NULL))
);
-- Which logs are due: those whose set lacks a revision that is tried now.
CREATE INDEX log_tried_set ON log (tried_set_id, id) WHERE tried_set_id IS NOT NULL;
CREATE INDEX log_digest ON log (digest) WHERE digest IS NOT NULL;

CREATE TABLE pattern (
  id             text PRIMARY KEY COLLATE "C",
  title          text NOT NULL,
  verdict        text NOT NULL CHECK (verdict IN ('failure', 'flaky', 'infrastructure', 'known')),
  issue          text,
  priority       integer NOT NULL CHECK (priority BETWEEN 0 AND 100),
  fallback       boolean NOT NULL,
  group_by       text[] NOT NULL,
  tags           text[] NOT NULL,
  owner          text,
  remedy         text,
  review_by      date,
  -- No longer tried; its findings stay.
  retired        boolean NOT NULL,
  -- The revision that is tried now.
  revision_id    bigint,
  changed_at     timestamptz NOT NULL DEFAULT now()
);

-- What a pattern matches, or matched. Never changed; a definition that comes back is the revision that it was.
CREATE TABLE pattern_revision (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pattern_id text NOT NULL COLLATE "C" REFERENCES pattern,
  digest     bytea NOT NULL CHECK (length(digest) = 32),
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Set when it was inconclusive on too many logs; not tried until someone revives it.
  suspended_at timestamptz,
  UNIQUE (pattern_id, digest)
);
ALTER TABLE pattern ADD FOREIGN KEY (revision_id) REFERENCES pattern_revision;

CREATE TABLE finding (
  log_id      bigint NOT NULL REFERENCES log ON DELETE CASCADE,
  revision_id bigint NOT NULL REFERENCES pattern_revision,
  line        bigint NOT NULL,
  segment     bigint NOT NULL,
  start_at    bigint NOT NULL,
  end_at      bigint NOT NULL,
  windowed    boolean NOT NULL,
  -- [{"number":1,"name":"host","value":"…"}]
  captures    jsonb NOT NULL,
  -- The matched text, from which the group is made anew when a pattern's group-by changes.
  matched     text NOT NULL,
  excerpt     text NOT NULL,
  PRIMARY KEY (log_id, revision_id, line, segment, start_at)
);
CREATE INDEX finding_revision ON finding (revision_id, log_id);

-- How many findings there were where not all are kept.
CREATE TABLE finding_overflow (
  log_id      bigint NOT NULL REFERENCES log ON DELETE CASCADE,
  revision_id bigint NOT NULL REFERENCES pattern_revision,
  count       bigint NOT NULL,
  PRIMARY KEY (log_id, revision_id)
);

-- Tried, but not to the end. Never to be read as "no match".
CREATE TABLE inconclusive (
  log_id      bigint NOT NULL REFERENCES log ON DELETE CASCADE,
  revision_id bigint NOT NULL REFERENCES pattern_revision,
  reason      text NOT NULL,
  line        bigint NOT NULL,
  PRIMARY KEY (log_id, revision_id)
);
CREATE INDEX inconclusive_revision ON inconclusive (revision_id);

CREATE TABLE audit (
  id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at     timestamptz NOT NULL DEFAULT now(),
  who    text NOT NULL,
  action text NOT NULL,
  detail jsonb NOT NULL
);
