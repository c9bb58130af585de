-- Commits that are judged anew since a pattern or a known problem changed, and not since something happened to them, come last: there may be
-- thousands.
ALTER TABLE commit_due ADD COLUMN is_review boolean NOT NULL DEFAULT false;
DROP INDEX commit_due_at;
CREATE INDEX commit_due_at ON commit_due (is_review, due_at, id);
