-- Builds that somebody wants to be run again, by a button of the check run.
--
-- A row is there before anything is sent. Whoever finds a request unanswered can't know whether it arrived, and sends no other: a build is
-- not to be run twice.
CREATE TABLE rerun (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  build_id     bigint NOT NULL REFERENCES build ON DELETE CASCADE,
  who          text NOT NULL,
  asked_at     timestamptz NOT NULL DEFAULT now(),
  -- `needless`: it passed meanwhile, or isn't excused any more. `unknown`: whether the request arrived.
  phase        text NOT NULL DEFAULT 'pending' CHECK (phase IN ('pending', 'sending', 'sent', 'refused', 'needless', 'unknown')),
  -- The provider's words.
  answer       text,
  -- Tries that the provider refused for now.
  attempts     integer NOT NULL DEFAULT 0,
  next_at      timestamptz NOT NULL DEFAULT now(),
  lease_token  bigint,
  lease_worker integer,
  lease_until  timestamptz
);
-- However often the button is pressed, a build is run again once.
CREATE UNIQUE INDEX rerun_once ON rerun (build_id) WHERE phase IN ('pending', 'sending', 'sent');
CREATE INDEX rerun_pending ON rerun (next_at, id) WHERE phase IN ('pending', 'sending');
