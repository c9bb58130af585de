-- The way from a notification to a posted status: what arrived, what has to be listed, fetched and judged, what was posted.
--
-- Every queue is a table whose rows say themselves that they wait: a state, when they are next worth a try, and who has them.

-- Notifications of providers, stored before they are answered. What is sent again has the same id and changes nothing.
CREATE TABLE delivery (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider     text NOT NULL,
  external_id  text NOT NULL,
  -- For people: `workflow_job completed`.
  event        text NOT NULL,
  -- Those headers that tell what the body is; no signature, no token.
  headers      jsonb NOT NULL,
  body         bytea NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'ignored', 'failed')),
  -- Why it was ignored, or what went wrong.
  outcome      text,
  attempts     integer NOT NULL DEFAULT 0,
  next_at      timestamptz NOT NULL DEFAULT now(),
  lease_token  bigint,
  lease_worker integer,
  lease_until  timestamptz,
  UNIQUE (provider, external_id)
);
CREATE INDEX delivery_pending ON delivery (next_at, id) WHERE state = 'pending';
CREATE INDEX delivery_received ON delivery (received_at);

-- Which logs a failed build has must be asked of its provider first.
ALTER TABLE build
  ADD COLUMN list_state    text NOT NULL DEFAULT 'listed' CHECK (list_state IN ('pending', 'listed', 'gone', 'failed')),
  ADD COLUMN listed_at     timestamptz,
  ADD COLUMN list_attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN list_error    text,
  ADD COLUMN next_list_at  timestamptz,
  ADD COLUMN lease_token   bigint,
  ADD COLUMN lease_worker  integer,
  ADD COLUMN lease_until   timestamptz;
CREATE INDEX build_list_pending ON build (next_list_at, id) WHERE list_state = 'pending';
CREATE INDEX build_repository_job ON build (repository_id, commit, job);

ALTER TABLE log
  -- Where the provider keeps it; nothing that expires, no secret.
  ADD COLUMN locator      text NOT NULL DEFAULT '',
  -- What the last try to fetch it came to: each kind of failure has its own name.
  ADD COLUMN fetch_reason text;
CREATE INDEX log_fetch_pending ON log (next_fetch_at, id) WHERE fetch_state = 'pending';

-- A person's word on a build's verdict.
CREATE TABLE overrule (
  build_id bigint PRIMARY KEY REFERENCES build ON DELETE CASCADE,
  kind     text NOT NULL CHECK (kind IN ('new', 'unknown', 'unread', 'flaky', 'infrastructure', 'known', 'upstream')),
  who      text NOT NULL,
  reason   text NOT NULL CHECK (reason <> ''),
  at       timestamptz NOT NULL DEFAULT now()
);

-- A person's annotation: this fails for a reason that is nobody's change.
CREATE TABLE known_problem (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL REFERENCES repository,
  -- Names of jobs, `*` and `?` standing for any text and any character; empty: all.
  jobs          text[] NOT NULL,
  -- Empty: all.
  branch        text NOT NULL,
  -- The first commit that has it, and the first that hasn't any more; null: from the beginning, to the end.
  from_commit   text COLLATE "C",
  until_commit  text COLLATE "C",
  until_at      timestamptz,
  -- The patterns that it is limited to; empty: any failure.
  patterns      text[] NOT NULL,
  reason        text NOT NULL CHECK (reason <> ''),
  issue         text,
  who           text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  resolved_at   timestamptz,
  resolved_by   text
);
CREATE INDEX known_problem_repository ON known_problem (repository_id);

-- What the code host says. Ancestry never changes, so that is kept for good.
CREATE TABLE pull_request (
  repository_id bigint NOT NULL REFERENCES repository,
  number        integer NOT NULL,
  head          text NOT NULL COLLATE "C",
  base_branch   text NOT NULL,
  is_open       boolean NOT NULL,
  updated_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (repository_id, number)
);
CREATE INDEX pull_request_head ON pull_request (repository_id, head);

CREATE TABLE commit_base (
  repository_id bigint NOT NULL REFERENCES repository,
  commit        text NOT NULL COLLATE "C",
  -- Where the commit left the branch that it is to be merged into; its parent if it is on that branch itself.
  base          text NOT NULL COLLATE "C",
  -- The base's ancestors, the nearest first.
  ancestors     text[] NOT NULL,
  fetched_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (repository_id, commit)
);
CREATE INDEX commit_base_base ON commit_base (repository_id, base);

CREATE TABLE ancestry (
  repository_id bigint NOT NULL REFERENCES repository,
  ancestor      text NOT NULL COLLATE "C",
  descendant    text NOT NULL COLLATE "C",
  holds         boolean NOT NULL,
  PRIMARY KEY (repository_id, ancestor, descendant)
);

-- Commits whose status must be computed again. Many events make one row, and so one post.
CREATE TABLE commit_due (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL REFERENCES repository,
  commit        text NOT NULL COLLATE "C",
  -- Counts the events; a status that was computed before the last one doesn't settle it.
  version       bigint NOT NULL DEFAULT 1,
  -- The end of the cool-off.
  due_at        timestamptz NOT NULL,
  attempts      integer NOT NULL DEFAULT 0,
  -- The end of the back-off after an error.
  next_at       timestamptz NOT NULL DEFAULT now(),
  error         text,
  lease_token   bigint,
  lease_worker  integer,
  lease_until   timestamptz,
  UNIQUE (repository_id, commit)
);
CREATE INDEX commit_due_at ON commit_due (due_at, id);

-- What was posted where. The row is there before the request is sent: whoever finds it unanswered asks the code host what became of it.
CREATE TABLE status_post (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL REFERENCES repository,
  commit        text NOT NULL COLLATE "C",
  kind          text NOT NULL CHECK (kind IN ('status', 'check_run', 'comment')),
  -- The context of a status, the name of a check run, the number of a comment's pull request.
  place         text NOT NULL,
  state         text NOT NULL,
  text          text NOT NULL,
  -- SHA-256 of all that was sent.
  digest        bytea NOT NULL CHECK (length(digest) = 32),
  phase         text NOT NULL DEFAULT 'sending' CHECK (phase IN ('sending', 'posted', 'refused')),
  -- The code host's id of what was made.
  external_id   text,
  answer        text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  answered_at   timestamptz
);
CREATE INDEX status_post_commit ON status_post (repository_id, commit, kind, id);

-- How far a provider's builds have been listed.
CREATE TABLE backfill (
  provider       text NOT NULL,
  project        text NOT NULL,
  branch         text NOT NULL,
  -- Everything that ended before has been entered.
  complete_until timestamptz,
  -- A listing that was not finished: since when it looks, the next page, when it began, and when the oldest build began that it
  -- passed over because it runs still.
  since          timestamptz,
  cursor         text,
  began_at       timestamptz,
  unfinished_at  timestamptz,
  PRIMARY KEY (provider, project, branch)
);
