-- Which patterns lie: passing builds that are scanned, too, what people call wrong, and what each pattern costs.

-- Whether a passing build is one of those whose logs are fetched and scanned, to see which patterns are found where nothing is wrong.
ALTER TABLE build ADD COLUMN sampled boolean NOT NULL DEFAULT false;
UPDATE build b SET sampled = true WHERE b.outcome = 'success' AND EXISTS (SELECT 1 FROM log l WHERE l.build_id = b.id);
CREATE INDEX build_sampled ON build (id) WHERE sampled;

-- A person's word that a verdict is wrong. It changes no verdict by itself (`overrule` does); it counts against the pattern that decided.
CREATE TABLE wrong_report (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  build_id     bigint NOT NULL REFERENCES build ON DELETE CASCADE,
  -- The verdict as it was when it was called wrong, and the pattern that it rested on; null where it rested on none.
  kind         text NOT NULL CHECK (kind IN ('new', 'unknown', 'unread', 'flaky', 'infrastructure', 'known', 'upstream')),
  pattern_id   text COLLATE "C" REFERENCES pattern,
  revision_id  bigint REFERENCES pattern_revision,
  who          text NOT NULL CHECK (who <> ''),
  reason       text NOT NULL CHECK (reason <> ''),
  at           timestamptz NOT NULL DEFAULT now(),
  withdrawn_at timestamptz,
  UNIQUE (build_id, who),
  CHECK ((pattern_id IS NULL) = (revision_id IS NULL))
);
CREATE INDEX wrong_report_revision ON wrong_report (revision_id) WHERE withdrawn_at IS NULL;

-- Revisions that have been found in too many passing builds, or whose excuses were called wrong too often. They excuse nothing. Only a
-- person takes the mark away, and it doesn't come back for the same revision then.
CREATE TABLE suspect (
  revision_id    bigint PRIMARY KEY REFERENCES pattern_revision,
  since          timestamptz NOT NULL DEFAULT now(),
  -- In words, with the figures of that time.
  reason         text NOT NULL,
  -- Sampled passing builds in which it was found, of how many.
  hit            bigint NOT NULL,
  sampled        bigint NOT NULL,
  cleared_at     timestamptz,
  cleared_by     text,
  cleared_reason text CHECK (cleared_reason <> ''),
  CHECK ((cleared_at IS NULL) = (cleared_by IS NULL) AND (cleared_at IS NULL) = (cleared_reason IS NULL))
);

-- What the searches for a revision cost, measured on a share of the logs: which revisions were tried on logs that were measured, and how
-- large these were. The sets are few, as with tried_set.
CREATE TABLE cost_sample (
  -- SHA-256 of the revisions.
  key       bytea PRIMARY KEY CHECK (length(key) = 32),
  revisions int8multirange NOT NULL,
  logs      bigint NOT NULL,
  bytes     bigint NOT NULL
);

-- Searches that were made in these logs, and their CPU time; no row where there was none.
CREATE TABLE pattern_cost (
  revision_id bigint PRIMARY KEY REFERENCES pattern_revision,
  searches    bigint NOT NULL,
  nanoseconds bigint NOT NULL
);
