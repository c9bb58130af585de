-- Attempts of a job count within one run of a workflow: a push and a pull request run other code on the same commit, and an attempt that
-- passed in one of them says nothing of the other.
ALTER TABLE build ADD COLUMN run text NOT NULL DEFAULT '';
ALTER TABLE tally ADD COLUMN run text NOT NULL DEFAULT '';

-- What the last try to list a build's logs came to: each kind of failure has its own name, as for a log.
ALTER TABLE build ADD COLUMN list_reason text;

CREATE OR REPLACE FUNCTION tally_mark_build() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO tally_due (build_id) SELECT id FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tally_due (build_id) SELECT id FROM old_rows;
  ELSE
    INSERT INTO tally_due (build_id)
    SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
     WHERE (n.repository_id, n.provider, n.attempt, n.run, n.commit, n.branch, n.pull_request, n.workflow, n.job, n.outcome, n.finished_at,
            n.list_state)
           IS DISTINCT FROM
           (o.repository_id, o.provider, o.attempt, o.run, o.commit, o.branch, o.pull_request, o.workflow, o.job, o.outcome, o.finished_at,
            o.list_state);
  END IF;
  RETURN NULL;
END $$;

-- When a job ends at a commit, those that are compared with that commit are judged again.
CREATE INDEX commit_base_ancestors ON commit_base USING gin (ancestors);
