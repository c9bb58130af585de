-- Who may look and who may change. What proves it is kept as a digest only: whoever reads these tables can't log in with what is there.

-- Tokens of the API.
CREATE TABLE access_token (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- For people, and for the audit trail.
  name         text NOT NULL CHECK (name <> ''),
  -- SHA-256 of the token, which is random enough not to need a salt.
  digest       bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
  -- `read`, `logs`, `curate`, `operate`.
  scopes       text[] NOT NULL CHECK (scopes <> '{}'),
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

-- Logins of people.
CREATE TABLE web_session (
  -- SHA-256 of the cookie.
  digest     bytea PRIMARY KEY CHECK (length(digest) = 32),
  login      text NOT NULL CHECK (login <> ''),
  role       text NOT NULL CHECK (role IN ('reader', 'curator', 'operator')),
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at    timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX web_session_expires ON web_session (expires_at);

