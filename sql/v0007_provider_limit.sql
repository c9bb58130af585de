-- What CI systems and code hosts told last of how often they may be asked. Every worker hears it for itself; here all can see it.

CREATE TABLE provider_limit (
  host      text PRIMARY KEY COLLATE "C",
  granted   integer NOT NULL CHECK (granted >= 0),
  remaining integer NOT NULL CHECK (remaining >= 0),
  resets_at timestamptz,
  told_at   timestamptz NOT NULL
);
