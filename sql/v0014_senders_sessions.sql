-- Who sent a build: `POST /api/v1/logs`; null where a CI system or a manifest told of it. A token that may do no more than send logs changes
-- only builds that it sent itself.
ALTER TABLE build ADD COLUMN sent_by text CHECK (sent_by <> '');

-- The entry of the lists that gave the role, `@ada`, `acme` or `acme/ci`: a session counts for as long as the lists have it. Those that began
-- before there was one count no more, and people log in once more.
ALTER TABLE web_session ADD COLUMN entry text;
DELETE FROM web_session;
ALTER TABLE web_session ALTER COLUMN entry SET NOT NULL;
CREATE INDEX web_session_login ON web_session (lower(login));
