-- Commits that CI systems made to try a pull request merged, and the head that each of them merges. What ran on one counts for that head.
CREATE TABLE merge_commit (
  repository_id bigint NOT NULL REFERENCES repository,
  commit        text NOT NULL COLLATE "C",
  head          text NOT NULL COLLATE "C",
  PRIMARY KEY (repository_id, commit)
);

-- How often a delivery was taken since it was last settled or given back. One that ends every worker that reads it is taken by itself, and in
-- the end by nobody.
ALTER TABLE delivery ADD COLUMN claims integer NOT NULL DEFAULT 0;

-- The last comment on a pull request, whatever commit it was about.
CREATE INDEX status_post_comment ON status_post (repository_id, place, id) WHERE kind = 'comment';

-- The archive that the logs are in, by the name in its file `id`.
CREATE TABLE archive (
  id      text NOT NULL,
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);
