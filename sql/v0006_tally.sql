-- What each build came to, and counts over any time: what pages and reports ask for, worked out beforehand.
--
-- Everything here follows from the other tables and can be made anew. Whatever changes a build, its logs or what was found in them
-- marks the build in the same transaction; one tallier at a time takes marks, works those builds out again and adds the difference to
-- the counts in one transaction.

-- A short name for what is counted a lot.
ALTER TABLE pattern ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX pattern_number ON pattern (number);
CREATE INDEX pattern_revision_id ON pattern (revision_id);

CREATE TABLE tally_job (
  id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL REFERENCES repository,
  provider      text NOT NULL,
  workflow      text NOT NULL,
  job           text NOT NULL,
  UNIQUE (repository_id, job, workflow, provider)
);

CREATE TABLE tally_branch (
  id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id   bigint NOT NULL REFERENCES repository,
  name            text NOT NULL,
  -- A pull request's branch can be called as the one that it is to be merged into.
  is_pull_request boolean NOT NULL,
  -- A line of development, into which others are merged: it is counted on its own. Once it is one, it stays one.
  is_line         boolean NOT NULL,
  UNIQUE (repository_id, name, is_pull_request)
);
CREATE INDEX tally_branch_name ON tally_branch (name);
CREATE INDEX pull_request_base ON pull_request (repository_id, base_branch);

-- One row per build.
CREATE TABLE tally (
  build_id      bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  job_id        integer NOT NULL,
  branch_id     integer NOT NULL,
  -- branch_id if that is a line of development, else 0.
  line_id       integer NOT NULL,
  commit        text NOT NULL COLLATE "C",
  pull_request  integer,
  attempt       integer NOT NULL,
  -- When it finished, or was entered where that is unknown.
  at            timestamptz NOT NULL,
  outcome       text NOT NULL,
  failed        boolean NOT NULL,
  -- The pattern that explains it, by number; null if only fallbacks or none matched.
  pattern       integer,
  -- All patterns that found something, by number in order.
  hits          integer[] NOT NULL,
  -- The verdict, as far as the build itself tells: known problems and what its base failed with are not looked at.
  kind          text,
  -- A log isn't read, or a pattern wasn't tried on it to the end.
  unread        boolean NOT NULL,
  -- The same job of the same commit passed in another attempt.
  retried       boolean NOT NULL,
  -- The finding that decides, fallbacks included.
  log_id        bigint,
  revision_id   bigint,
  line          bigint,
  -- Of each stored log what it has been tried on, and its raw bytes.
  sets          bigint[] NOT NULL,
  bytes         bigint[] NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX tally_at ON tally (at, build_id);
CREATE INDEX tally_repository_at ON tally (repository_id, at, build_id);
CREATE INDEX tally_job_at ON tally (job_id, at, build_id);
CREATE INDEX tally_branch_at ON tally (branch_id, at, build_id);
CREATE INDEX tally_pattern_at ON tally (pattern, at, build_id) WHERE pattern IS NOT NULL;
CREATE INDEX tally_kind_at ON tally (kind, at, build_id) WHERE kind IS NOT NULL;
CREATE INDEX tally_unexplained_at ON tally (at, build_id) WHERE failed AND pattern IS NULL AND NOT unread;
CREATE INDEX tally_of_commit ON tally (repository_id, commit);

-- Builds per day (grain 0) and month (grain 1, its first day), of all repositories (0), one, one of its jobs (else 0), on all branches (0)
-- or on a line. Days are those of UTC.
CREATE TABLE tally_totals (
  grain          smallint NOT NULL,
  line_id        integer NOT NULL,
  repository_id  bigint NOT NULL,
  job_id         integer NOT NULL,
  period         date NOT NULL,
  builds         bigint NOT NULL,
  failed         bigint NOT NULL,
  unexplained    bigint NOT NULL,
  unread         bigint NOT NULL,
  retried        bigint NOT NULL,
  -- Failed builds by kind.
  of_new         bigint NOT NULL,
  of_unknown     bigint NOT NULL,
  of_unread      bigint NOT NULL,
  of_flaky       bigint NOT NULL,
  of_infrastructure bigint NOT NULL,
  of_known       bigint NOT NULL,
  of_upstream    bigint NOT NULL,
  PRIMARY KEY (grain, line_id, repository_id, job_id, period)
) WITH (fillfactor = 70);
CREATE INDEX tally_totals_period ON tally_totals (grain, line_id, period);

-- The same per pattern: failed builds that it explains, those of them that passed in another attempt, and all in which it found something.
CREATE TABLE tally_causes (
  grain         smallint NOT NULL,
  line_id       integer NOT NULL,
  repository_id bigint NOT NULL,
  period        date NOT NULL,
  pattern       integer NOT NULL,
  builds        bigint NOT NULL,
  retried       bigint NOT NULL,
  hits          bigint NOT NULL,
  PRIMARY KEY (grain, line_id, repository_id, period, pattern)
) WITH (fillfactor = 70);
CREATE INDEX tally_causes_pattern ON tally_causes (pattern, grain, line_id, repository_id, period);

-- Since when and until when a pattern explains failures of a job; line_id as in tally.
CREATE TABLE tally_reach (
  pattern  integer NOT NULL,
  job_id   integer NOT NULL,
  line_id  integer NOT NULL,
  builds   bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at  timestamptz NOT NULL,
  PRIMARY KEY (pattern, job_id, line_id)
) WITH (fillfactor = 70);
CREATE INDEX tally_reach_job ON tally_reach (job_id);
CREATE INDEX tally_reach_first ON tally_reach (first_at);

CREATE TABLE tally_commit (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL,
  commit        text NOT NULL COLLATE "C",
  -- Of the latest build.
  branch_id     integer NOT NULL,
  pull_request  integer,
  first_at      timestamptz NOT NULL,
  last_at       timestamptz NOT NULL,
  builds        integer NOT NULL,
  -- Failed builds that no later attempt replaced, and those of them whose kind is no excuse.
  failed        integer NOT NULL,
  attention     integer NOT NULL,
  UNIQUE (repository_id, commit)
) WITH (fillfactor = 85);
CREATE INDEX tally_commit_at ON tally_commit (last_at, id) WHERE failed > 0;
CREATE INDEX tally_commit_repository_at ON tally_commit (repository_id, last_at, id) WHERE failed > 0;
CREATE INDEX tally_commit_branch_at ON tally_commit (branch_id, last_at, id) WHERE failed > 0;

-- The same of each commit on a line of development.
CREATE TABLE tally_line (
  line_id   integer NOT NULL,
  commit    text NOT NULL COLLATE "C",
  first_at  timestamptz NOT NULL,
  last_at   timestamptz NOT NULL,
  builds    integer NOT NULL,
  failed    integer NOT NULL,
  attention integer NOT NULL,
  PRIMARY KEY (line_id, commit)
) WITH (fillfactor = 85);
CREATE INDEX tally_line_at ON tally_line (line_id, first_at, commit);

-- Logs and their raw bytes by what they have been tried on.
CREATE TABLE tally_set (
  tried_set_id bigint PRIMARY KEY,
  logs         bigint NOT NULL,
  bytes        bigint NOT NULL
) WITH (fillfactor = 50);

-- The patterns as the tally knows them. Where `pattern` says something else, what it concerns is worked out again.
CREATE TABLE tally_pattern (
  number      integer PRIMARY KEY,
  id          text NOT NULL COLLATE "C",
  revision_id bigint,
  retired     boolean NOT NULL,
  fallback    boolean NOT NULL,
  priority    integer NOT NULL,
  verdict     text NOT NULL,
  -- Whether a failure that it explains is excused, on the day of tally_state.
  excuses     boolean NOT NULL,
  suspended   boolean NOT NULL
);
CREATE INDEX tally_pattern_revision ON tally_pattern (revision_id);

-- One row. Engine 0: nothing was ever counted.
CREATE TABLE tally_state (
  engine  integer NOT NULL,
  -- The revisions that are tried.
  active  int8multirange NOT NULL,
  -- Counts the changes.
  version bigint NOT NULL,
  at      timestamptz NOT NULL
);
INSERT INTO tally_state (engine, active, version, at) VALUES (0, '{}', 0, now());

-- Builds to be worked out again. A build can be marked many times: a mark that fell together with another's, which is being taken away
-- just now, would be lost.
CREATE TABLE tally_due (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  build_id bigint NOT NULL,
  at       timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION tally_mark_build() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO tally_due (build_id) SELECT id FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tally_due (build_id) SELECT id FROM old_rows;
  ELSE
    INSERT INTO tally_due (build_id)
    SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
     WHERE (n.repository_id, n.provider, n.attempt, n.commit, n.branch, n.pull_request, n.workflow, n.job, n.outcome, n.finished_at, n.list_state)
           IS DISTINCT FROM
           (o.repository_id, o.provider, o.attempt, o.commit, o.branch, o.pull_request, o.workflow, o.job, o.outcome, o.finished_at, o.list_state);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION tally_mark_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO tally_due (build_id) SELECT DISTINCT build_id FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tally_due (build_id) SELECT DISTINCT build_id FROM old_rows;
  ELSE
    -- Leases come and go and change nothing that is counted.
    INSERT INTO tally_due (build_id)
    SELECT DISTINCT b.id FROM new_rows n JOIN old_rows o ON o.id = n.id CROSS JOIN LATERAL (VALUES (n.build_id), (o.build_id)) b (id)
     WHERE (n.build_id, n.fetch_state, n.tried_set_id, n.bytes) IS DISTINCT FROM (o.build_id, o.fetch_state, o.tried_set_id, o.bytes);
  END IF;
  RETURN NULL;
END $$;

-- For rows with a log_id. Where the log is gone, its own trigger has marked the build.
CREATE FUNCTION tally_mark_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally_due (build_id)
  SELECT DISTINCT l.build_id FROM (SELECT DISTINCT log_id FROM new_rows) n JOIN log l ON l.id = n.log_id;
  RETURN NULL;
END $$;

CREATE FUNCTION tally_mark_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally_due (build_id)
  SELECT DISTINCT l.build_id FROM (SELECT DISTINCT log_id FROM old_rows) n JOIN log l ON l.id = n.log_id;
  RETURN NULL;
END $$;

CREATE FUNCTION tally_mark_overrule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally_due (build_id) VALUES (coalesce(NEW.build_id, OLD.build_id));
  RETURN NULL;
END $$;

CREATE TRIGGER tally_insert AFTER INSERT ON build REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_build();
CREATE TRIGGER tally_update AFTER UPDATE ON build REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_build();
CREATE TRIGGER tally_delete AFTER DELETE ON build REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_build();
CREATE TRIGGER tally_insert AFTER INSERT ON log REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_log();
CREATE TRIGGER tally_update AFTER UPDATE ON log REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_log();
CREATE TRIGGER tally_delete AFTER DELETE ON log REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_log();
CREATE TRIGGER tally_insert AFTER INSERT ON finding REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_inserted();
CREATE TRIGGER tally_delete AFTER DELETE ON finding REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_deleted();
CREATE TRIGGER tally_insert AFTER INSERT ON inconclusive REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_inserted();
CREATE TRIGGER tally_delete AFTER DELETE ON inconclusive REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_mark_deleted();
CREATE TRIGGER tally_change AFTER INSERT OR UPDATE OR DELETE ON overrule
  FOR EACH ROW EXECUTE FUNCTION tally_mark_overrule();

-- What came and went lately.
CREATE INDEX build_created ON build USING brin (created_at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX status_post_created ON status_post (created_at);
