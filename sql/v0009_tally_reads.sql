-- Counts that are cheaper to read: a sum of bigint is numeric, and takes as long again; causes of a job, and since when a pattern is seen,
-- from an index alone.

ALTER TABLE tally_causes
  ALTER builds TYPE integer, ALTER retried TYPE integer, ALTER hits TYPE integer;
ALTER TABLE tally_totals
  ALTER builds TYPE integer, ALTER failed TYPE integer, ALTER unexplained TYPE integer, ALTER unread TYPE integer,
  ALTER retried TYPE integer, ALTER of_new TYPE integer, ALTER of_unknown TYPE integer, ALTER of_unread TYPE integer,
  ALTER of_flaky TYPE integer, ALTER of_infrastructure TYPE integer, ALTER of_known TYPE integer, ALTER of_upstream TYPE integer;
ALTER TABLE tally_reach ALTER builds TYPE integer;

CREATE INDEX tally_reach_pattern ON tally_reach (pattern, first_at);
CREATE INDEX tally_job_pattern ON tally (job_id, pattern, at) INCLUDE (retried) WHERE pattern IS NOT NULL;
CREATE INDEX tally_branch_line ON tally_branch (repository_id) WHERE is_line;

-- A BRIN index is of no use once rows come into pages of old ones: an update or a freed place is enough.
DROP INDEX build_created;
CREATE INDEX build_created ON build (created_at);
