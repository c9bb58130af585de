-- Fills an empty, migrated database with builds as they could be: see scripts/seed-builds. The number of builds is the setting
-- `seed.builds`, `seed.engine` what `Engine.version` is; the same number gives the same builds, spread over the year before today.

CREATE FUNCTION pg_temp.part(n bigint, salt integer) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  'SELECT (hashint8extended(n, salt) & 1048575) / 1048576.0';
CREATE FUNCTION pg_temp.builds() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT current_setting('seed.builds')::bigint $$;

INSERT INTO repository (name) SELECT 'acme/' || (ARRAY['engine', 'shop', 'docs', 'web', 'mobile', 'api', 'tools', 'infra', 'data', 'ml'])[n]
  FROM generate_series(1, 10) n;

-- As a pattern file would have it, so that one with the same is no other revision: see `RevisionDigest`.
CREATE FUNCTION pg_temp.field(field text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
  $$ SELECT int8send(octet_length(field)) || convert_to(field, 'UTF8') $$;
CREATE FUNCTION pg_temp.digest(expression text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(pg_temp.field('culprit pattern revision 1') || pg_temp.field('match') || int8send(1) || pg_temp.field(expression)
                || pg_temp.field('') || int8send(0) || pg_temp.field('')) $$;

INSERT INTO pattern (id, title, verdict, issue, priority, fallback, group_by, tags, owner, remedy, review_by, retired)
SELECT (ARRAY['network', 'disk', 'compiler', 'test', 'runner'])[n % 5 + 1] || '/cause-' || n, 'Cause number ' || n,
       (ARRAY['failure', 'failure', 'flaky', 'infrastructure', 'known'])[n % 5 + 1], CASE WHEN n % 5 = 4 THEN 'https://example.org/' || n END,
       40 + n % 3 * 10, n % 50 = 49, '{}', ARRAY['seeded'], CASE WHEN n % 3 = 0 THEN 'team-' || n % 7 END, NULL,
       CASE WHEN n % 5 >= 2 THEN date '2099-01-01' END, n % 100 = 98
  FROM generate_series(0, 464) n;
INSERT INTO pattern_revision (pattern_id, digest, definition)
SELECT id, pg_temp.digest(match), jsonb_build_object('match', match)
  FROM (SELECT id, 'error: cause ' || split_part(id, '-', 2) || '\b' AS match FROM pattern) p ORDER BY id;
UPDATE pattern p SET revision_id = r.id FROM pattern_revision r WHERE r.pattern_id = p.id;

INSERT INTO tried_set (engine, members, key)
SELECT e.engine, s.members, sha256(convert_to(e.engine || ':' || s.members::text, 'UTF8'))
  FROM (SELECT coalesce(nullif(current_setting('seed.engine', true), ''), '2')::integer AS engine) e, (
  SELECT range_agg(int8range(r.id, r.id, '[]')) AS members FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id WHERE NOT p.retired
  UNION ALL SELECT '{}') s
ON CONFLICT DO NOTHING;

-- Twelve jobs per commit, and a second attempt of one of them.
INSERT INTO build (repository_id, provider, external_id, attempt, commit, branch, pull_request, workflow, job, outcome, url, finished_at,
                   created_at, listed_at)
SELECT r.id, 'github', b.n::text, CASE WHEN b.slot = 12 THEN 2 ELSE 1 END, encode(substr(sha256(b.commit::text::bytea), 1, 20), 'hex'),
       CASE WHEN b.is_main THEN 'main' ELSE 'topic-' || b.commit / 6 END, CASE WHEN NOT b.is_main THEN 1 + b.commit / 6 END,
       (ARRAY['ci', 'nightly', 'release'])[b.job % 3 + 1], (ARRAY['linux', 'macos', 'windows', 'lint'])[b.job % 4 + 1] || '-' || b.job,
       CASE WHEN b.chance < 0.32 THEN 'failure' WHEN b.chance < 0.33 THEN 'timed_out' WHEN b.chance < 0.35 THEN 'canceled' ELSE 'success' END,
       'https://ci.example.org/' || b.n, b.at, b.at + interval '20 seconds', b.at + interval '30 seconds'
  FROM (SELECT n, n / 13 AS commit, n % 13 AS slot, pg_temp.part(n / 13, 1) < 0.3 AS is_main,
               CASE WHEN n % 13 = 12 THEN floor(pg_temp.part(n / 13, 2) * 12)::int ELSE (n % 13)::int END AS job, pg_temp.part(n, 3) AS chance,
               date_trunc('day', now()) - interval '365 days' + interval '365 days' * (n / 13 * 13)::float8 / pg_temp.builds()
                 + interval '1 minute' * (n % 13 * 3) AS at
          FROM generate_series(0, pg_temp.builds() - 1) n) b
  JOIN repository r ON r.id = 1 + floor(10 * pg_temp.part(b.commit, 4) ^ 1.5)::int;

INSERT INTO log (build_id, step, fetch_state, fetch_attempts, digest, bytes, lines, tried_set_id, created_at, next_fetch_at, locator)
SELECT l.id, l.step, l.state, 1, CASE WHEN l.state = 'stored' THEN sha256((l.id::text || l.step)::bytea) END,
       CASE WHEN l.state = 'stored' THEN 20000 + floor(pg_temp.part(l.id, 6) * 4e6)::bigint END, CASE WHEN l.state = 'stored' THEN 5000 END,
       CASE WHEN l.state = 'stored' THEN (SELECT min(id) FROM tried_set WHERE members <> '{}') END, l.created_at,
       CASE WHEN l.state = 'pending' THEN now() END, ''
  FROM (SELECT b.id, s.step, b.created_at,
               CASE WHEN s.step = 'test' AND pg_temp.part(b.id, 5) < 0.002 THEN 'pending' WHEN s.step = 'test' AND pg_temp.part(b.id, 5) < 0.01 THEN 'gone'
                    ELSE 'stored' END AS state
          FROM build b CROSS JOIN (VALUES ('build'), ('test')) AS s (step)
         WHERE b.outcome IN ('failure', 'timed_out') OR b.outcome = 'success' AND pg_temp.part(b.id, 7) < 0.02) l
 ORDER BY l.id;

-- Few causes are frequent. A tenth of the logs has none; others come and go over the year.
INSERT INTO finding (log_id, revision_id, line, segment, start_at, end_at, windowed, captures, matched, excerpt)
SELECT f.log_id, r.id, f.line, 0, 0, 20, false, '[]', 'error: cause ' || f.number, 'error: cause ' || f.number || ' in step ' || f.step || ' after ' || f.line || ' lines of the usual noise'
  FROM (SELECT l.id AS log_id, l.step, 10 + floor(4900 * pg_temp.part(l.id * 8 + k, 8))::bigint AS line,
               floor(465 * pg_temp.part(l.id * 8 + k, 9) ^ 3)::int AS number
          FROM log l JOIN build b ON b.id = l.build_id CROSS JOIN generate_series(1, 3) k
         WHERE l.fetch_state = 'stored' AND b.outcome <> 'success' AND pg_temp.part(l.id, 10) < 0.8 AND pg_temp.part(l.id * 8 + k, 11) < 0.6) f
  JOIN pattern p ON p.number = (SELECT min(number) FROM pattern) + f.number JOIN pattern_revision r ON r.id = p.revision_id
ON CONFLICT DO NOTHING;

INSERT INTO inconclusive (log_id, revision_id, reason, line)
SELECT l.id, (SELECT min(id) FROM pattern_revision) + l.id % 40, 'time', 17 FROM log l WHERE l.digest IS NOT NULL AND pg_temp.part(l.id, 12) < 0.005;

INSERT INTO pull_request (repository_id, number, head, base_branch, is_open)
SELECT DISTINCT ON (repository_id, pull_request) repository_id, pull_request, commit, 'main', finished_at > now() - interval '7 days'
  FROM build WHERE pull_request IS NOT NULL ORDER BY repository_id, pull_request, finished_at DESC;

INSERT INTO status_post (repository_id, commit, kind, place, state, text, digest, phase, external_id, created_at, answered_at)
SELECT repository_id, commit, 'status', 'culprit', 'failure', '1 of 2 failures needs attention: 1 new (1 flaky)', sha256(commit::bytea), 'posted', commit,
       max(created_at), max(created_at) + interval '1 second'
  FROM build WHERE outcome = 'failure' AND finished_at > now() - interval '90 days' GROUP BY 1, 2;

INSERT INTO delivery (provider, external_id, event, headers, body, received_at, state)
SELECT 'github', 'seed-' || id, 'workflow_job completed', '{}', '{}', created_at, CASE WHEN id % 9 = 0 THEN 'ignored' ELSE 'done' END
  FROM build WHERE created_at > now() - interval '14 days';

INSERT INTO overrule (build_id, kind, who, reason) SELECT id, 'flaky', 'someone', 'seen before' FROM build
 WHERE outcome = 'failure' AND pg_temp.part(id, 13) < 0.001;

INSERT INTO known_problem (repository_id, jobs, branch, patterns, reason, issue, who, created_at, resolved_at, until_at)
SELECT 1 + n % 10, ARRAY['linux-*'], 'main', '{}', 'Known trouble ' || n, NULL, 'someone', now() - interval '1 day' * n * 7, at, at
  FROM (SELECT n, CASE WHEN n > 5 THEN now() - interval '1 day' * (n * 7 - 3) END AS at FROM generate_series(1, 50) n) p;
