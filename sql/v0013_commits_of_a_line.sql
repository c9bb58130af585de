-- Commits of a line of development by their last build on it.

CREATE INDEX tally_line_failed_at ON tally_line (line_id, last_at) WHERE failed > 0;
