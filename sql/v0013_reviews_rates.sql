-- What pages tell that was nowhere: who reviewed a pattern, what was scanned in which hour, and the commits of a line by their last build.

CREATE TABLE pattern_review (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  revision_id bigint NOT NULL REFERENCES pattern_revision,
  who         text NOT NULL CHECK (who <> ''),
  -- What there was to say; may be empty.
  note        text NOT NULL,
  at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pattern_review_revision ON pattern_review (revision_id);

-- Kept for days. Workers add to rows of their own as a rule: to one they would wait for each other.
CREATE TABLE scan_rate (
  hour  timestamptz NOT NULL,
  slot  smallint NOT NULL,
  logs  integer NOT NULL,
  -- Raw.
  bytes bigint NOT NULL,
  -- Logs times the patterns that were tried on them.
  pairs bigint NOT NULL,
  PRIMARY KEY (hour, slot)
) WITH (fillfactor = 50);

CREATE INDEX tally_line_failed_at ON tally_line (line_id, last_at) WHERE failed > 0;
