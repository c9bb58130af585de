-- Expressions that someone tries on the archived logs before they become patterns. No verdict rests on these tables, and all they hold can be
-- made again: a trial is kept so that it goes on where it was stopped, and is forgotten when nobody has asked for it for a week.

CREATE TABLE trial (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- SHA-256 of what is matched, as in pattern_revision.
  digest      bytea NOT NULL CHECK (length(digest) = 32),
  engine      integer NOT NULL,
  -- The ids of the logs that it has been tried on.
  tried       int8multirange NOT NULL DEFAULT '{}',
  -- Raw bytes of those, and logs, bytes and CPU time of those that had to be opened.
  bytes       bigint NOT NULL DEFAULT 0,
  opened      bigint NOT NULL DEFAULT 0,
  opened_bytes bigint NOT NULL DEFAULT 0,
  nanoseconds bigint NOT NULL DEFAULT 0,
  used_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (digest, engine)
);

-- The logs on which it found something or was not conclusive.
CREATE TABLE trial_log (
  trial_id     bigint NOT NULL REFERENCES trial ON DELETE CASCADE,
  log_id       bigint NOT NULL REFERENCES log ON DELETE CASCADE,
  -- All findings, and those that are kept: [{"line":1,"segment":0,"start":0,"end":5,"windowed":false,"captures":[…],"matched":"…","text":"…"}]
  count        bigint NOT NULL,
  findings     jsonb NOT NULL,
  inconclusive text,
  PRIMARY KEY (trial_id, log_id)
);
CREATE INDEX trial_log_log ON trial_log (log_id);
