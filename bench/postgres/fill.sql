-- Fills the empty tables of the PostgreSQL engine as a large installation would have: so many blocks of 4,096 API keys
-- and so many audit events (`:blocks`, `:events`), most of them in organization 1. What a key is like follows from its
-- place in its block, so that the stored sets of keys (`api_key_sets`) are made once and are the same for each block.
-- Only the audit trail's links are made up.
--
-- As the owner of the tables: psql -v blocks=245 -v events=10000000 -c 'SET search_path = keywright' -f fill.sql
-- Times stand in relation to `base`, the beginning of this hour.

CREATE TEMPORARY TABLE base AS
SELECT extract(epoch FROM date_trunc('hour', now()))::bigint * 1000 AS now, 86400000::bigint AS day,
    greatest(:blocks * 9 / 10, 1) AS large_blocks;

-- Months of the past, as they were added while it was the present.
DO $$
DECLARE month timestamptz;
BEGIN
    FOR past IN 1..6 LOOP
        month := (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => past)) AT TIME ZONE 'UTC';
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF audit_events FOR VALUES FROM (%s) TO (%s)',
            'audit_events_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'), extract(epoch FROM month)::bigint * 1000,
            extract(epoch FROM (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')::bigint * 1000
        );
    END LOOP;
END
$$;

-- Organizations: one large, 99 small.
INSERT INTO organizations (id, epoch, key_count, listed_key_count, expired_until, audit_link)
SELECT o, 1, 0, 0, base.now, decode(repeat('00', 32), 'hex') FROM generate_series(1, 100) o, base;

-- Resources: 20 accounts, 200 namespaces, 2,000 applications and 2,000 scopes in the large one, an account in each
-- other.
CREATE TEMPORARY TABLE places AS
SELECT 1 AS level, o AS id, 0 AS parent, o AS organization, 0 AS account, 0 AS namespace, 0 AS application, 0 AS scope
FROM generate_series(1, 100) o
UNION ALL SELECT 2, a, 1, 1, a, 0, 0, 0 FROM generate_series(1, 20) a
UNION ALL SELECT 2, 18 + o, o, o, 18 + o, 0, 0, 0 FROM generate_series(3, 100) o
UNION ALL SELECT 3, n, (n - 1) / 10 + 1, 1, (n - 1) / 10 + 1, n, 0, 0 FROM generate_series(1, 200) n
UNION ALL SELECT 4, p, (p - 1) / 10 + 1, 1, (p - 1) / 100 + 1, (p - 1) / 10 + 1, p, 0 FROM generate_series(1, 2000) p
UNION ALL SELECT 5, s, s, 1, (s - 1) / 100 + 1, (s - 1) / 10 + 1, s, s FROM generate_series(1, 2000) s;

INSERT INTO resources (
    level, id, parent_id, organization_id, account_id, namespace_id, application_id, scope_id, name, name_key, slug,
    status, created_at, updated_at)
SELECT level, id, parent, organization, account, namespace, application, scope, 'Place ' || id, 'place ' || id,
    'place-' || level || '-' || id, CASE WHEN level = 5 AND id % 10 = 0 THEN 'deleted' ELSE 'active' END,
    base.now - 200 * day, base.now - 200 * day
FROM places, base;

-- Persons and their grants: 2,000 in the large organization, ten in each other.
INSERT INTO users (
    id, organization_id, email, first_name, last_name, avatar, status, password_digest, created_at, updated_at)
SELECT p, CASE WHEN p <= 2000 THEN 1 ELSE 2 + (p - 2001) / 10 END, 'person' || p || '@example.org', 'Person', p::text,
    '', CASE WHEN p % 10 = 9 THEN 'inactive' ELSE 'active' END, 'scrypt', base.now - 200 * day, base.now - 200 * day
FROM generate_series(1, 2990) p, base;

INSERT INTO roles (
    id, organization_id, slug, name, description, level, user_type, actions, inherits, assignable, created_at,
    updated_at)
SELECT 2000000000 + r, 1 + r % 10, 'role-' || r, 'Role ' || r, '', NULL, NULL, 'api_key:read', '', '', base.now,
    base.now
FROM generate_series(1, 200) r, base;

INSERT INTO grants (
    id, user_id, organization_id, account_id, namespace_id, application_id, scope_id, role_id, role_slug)
SELECT row_number() OVER (ORDER BY u.id), u.id, u.organization_id, CASE WHEN u.id % 40 = 0 THEN 0 ELSE p.account END,
    0, 0, 0, CASE WHEN u.id % 40 = 0 THEN 1 ELSE 2 END, CASE WHEN u.id % 40 = 0 THEN 'admin' ELSE 'member' END
FROM users u JOIN places p ON p.level = 2 AND p.organization = u.organization_id
    AND (u.organization_id > 1 OR p.id = u.id % 20 + 1);

-- What a key is like, by its place in a block of the large organization, or of the small ones.
CREATE TEMPORARY TABLE kinds AS
SELECT is_large, place, organization, 'service-' || lpad(place::text, 4, '0') || '-' || region AS name,
    1 + place % 200 AS owner, place % 20 = 7 AS is_disabled, place % 3 = 0 AS is_unused, place % 50 = 11 AS is_expired,
    'team' AS tag, 't' || place % 97 AS value, region,
    CASE WHEN place % 97 = 5 THEN 2000000001 ELSE 3 END AS role,
    CASE WHEN place % 97 = 5 THEN 'role-1' ELSE 'member' END AS slug
FROM (
    SELECT is_large, place, CASE WHEN is_large THEN 1 ELSE 2 + place % 99 END AS organization,
        (ARRAY['eu', 'us', 'ap'])[1 + place % 3] AS region
    FROM generate_series(0, 4095) place, (VALUES (true), (false)) AS sizes (is_large)
) kinds;

-- Where its grants lie: in the large organization on some level, for one in ten on a second place too.
CREATE TEMPORARY TABLE kind_grants AS
SELECT k.is_large, k.place, 0 AS number, p.*
FROM kinds k JOIN places p ON p.level = 1 AND p.id = k.organization WHERE NOT k.is_large
UNION ALL
SELECT k.is_large, k.place, 0, p.*
FROM kinds k JOIN places p ON p.organization = 1 AND p.level = 1 + k.place % 4
    AND p.id = 1 + k.place % (ARRAY[1, 20, 200, 2000])[1 + k.place % 4]
WHERE k.is_large
UNION ALL
SELECT k.is_large, k.place, 1, p.* FROM kinds k JOIN places p ON p.level = 3 AND p.id = 1 + k.place % 150
WHERE k.is_large AND k.place % 10 = 0;
CREATE INDEX ON kind_grants (is_large, place);
ANALYZE kind_grants;

CREATE TEMPORARY TABLE keys AS
SELECT block::bigint * 4096 + k.place AS id, block, k.*
FROM generate_series(1, :blocks) block, base, kinds k WHERE k.is_large = (block <= large_blocks);

INSERT INTO api_keys (
    id, organization_id, name, name_key, handle, ending, digest, pepper_version, tags, owner_id, is_internal,
    is_enabled, expires_at, last_used_at, use_count, last_address, epoch, version, created_at, updated_at)
SELECT id, organization, name, name,
    substr(translate(encode(sha256(('handle ' || id)::bytea), 'base64'), '+/=', 'xyz'), 1, 12),
    lpad((id * 7 % 10007)::text, 4, '0'), sha256(id::text::bytea), 1,
    tag || '=' || value || E'\nregion=' || region, owner, 0, CASE WHEN is_disabled THEN 0 ELSE 1 END,
    CASE WHEN is_expired THEN base.now - day WHEN place % 50 = 12 THEN base.now + 100 * day + id END,
    CASE WHEN NOT is_unused THEN base.now - id * 7919 % (90 * day) END, CASE WHEN is_unused THEN 0 ELSE id % 1000 END,
    CASE WHEN NOT is_unused THEN '192.0.2.' || id % 250 END, 1, 1, base.now - 180 * day + id, base.now - 180 * day + id
FROM keys, base ORDER BY id;

INSERT INTO grants (
    id, user_id, organization_id, account_id, namespace_id, application_id, scope_id, role_id, role_slug)
SELECT 10000 + 2 * k.id + g.number, 1099511627776 + k.id, k.organization, g.account, g.namespace, g.application,
    g.scope, k.role, k.slug
FROM keys k JOIN kind_grants g ON g.is_large = k.is_large AND g.place = k.place ORDER BY 1;

-- The terms of each kind (`APIKeyTerm`), and the sets.
CREATE TEMPORARY TABLE kind_terms AS
SELECT DISTINCT k.is_large, k.organization, k.place, CASE WHEN k.is_expired THEN 'x' ELSE '' END || term AS term
FROM kinds k, LATERAL (
    SELECT unnest(ARRAY['l', 'o:' || k.owner, 't:team=' || k.value, 't:region=' || k.region, 'r:' || k.slug]) AS term
    UNION ALL SELECT 'd' WHERE k.is_disabled
    UNION ALL SELECT 'n' WHERE k.is_unused
    UNION ALL SELECT 'p:' || substr(k.name, start, 3) FROM generate_series(1, length(k.name) - 2) start
    UNION ALL SELECT 'a:' || g.level || ':' || g.id FROM kind_grants g
        WHERE g.is_large = k.is_large AND g.place = k.place
    UNION ALL (
        SELECT unnest(CASE WHEN count(*) = (
            SELECT count(*) FROM kind_grants g WHERE g.is_large = k.is_large AND g.place = k.place
        ) THEN ARRAY['b:' || above, 'w:' || above] ELSE ARRAY['b:' || above] END)
        FROM kind_grants g, LATERAL (
            SELECT '2:' || g.account AS above WHERE g.level >= 2
            UNION ALL SELECT '3:' || g.namespace WHERE g.level >= 3
            UNION ALL SELECT '4:' || g.application WHERE g.level >= 4
        ) levels
        WHERE g.is_large = k.is_large AND g.place = k.place GROUP BY above
    )
) terms;

CREATE TEMPORARY TABLE kind_sets AS
SELECT is_large, organization, term, CASE WHEN count(*) <= 255 THEN
    string_agg(decode(lpad(to_hex(((place & 255) << 8) | (place >> 8)), 4, '0'), 'hex'), ''::bytea ORDER BY place)
END AS members
FROM kind_terms GROUP BY is_large, organization, term;

UPDATE kind_sets s SET members = bits.members
FROM (
    SELECT is_large, organization, term, string_agg(set_byte('\x00', 0, byte), ''::bytea ORDER BY position) AS members
    FROM (
        SELECT s.is_large, s.organization, s.term, position,
            coalesce(bit_or(1 << (place & 7)) FILTER (WHERE place IS NOT NULL), 0) AS byte
        FROM kind_sets s CROSS JOIN generate_series(0, 511) position
        LEFT JOIN kind_terms t ON t.is_large = s.is_large AND t.organization = s.organization AND t.term = s.term
            AND t.place >> 3 = position
        WHERE s.members IS NULL GROUP BY s.is_large, s.organization, s.term, position
    ) bytes GROUP BY is_large, organization, term
) bits
WHERE s.is_large = bits.is_large AND s.organization = bits.organization AND s.term = bits.term;

INSERT INTO api_key_sets (organization_id, term, block, members)
SELECT organization, term, block, members
FROM kind_sets, base, generate_series(1, :blocks) block WHERE is_large = (block <= large_blocks)
ORDER BY organization, term COLLATE "C", block;

UPDATE organizations o SET key_count = counted.count, listed_key_count = counted.count
FROM (SELECT organization_id, count(*) FROM api_keys GROUP BY organization_id) counted
WHERE o.id = counted.organization_id;

-- Keys that were deleted: a quarter as many, with the ids behind.
INSERT INTO deleted_api_keys (id, organization_id, name, handle, digest, pepper_version, deleted_at, deleted_by)
SELECT id, CASE WHEN id % 5 = 0 THEN 2 + id % 99 ELSE 1 END, 'gone-' || id,
    substr(translate(encode(sha256(('handle ' || id)::bytea), 'base64'), '+/=', 'xyz'), 1, 12),
    sha256(id::text::bytea), 1, base.now - id % (100 * day), 1 + id % 2000
FROM base, generate_series((:blocks + 1) * 4096, (:blocks + 1) * 4096 + :blocks * 1024) id;

-- The trail's indexes are made anew behind its rows, which takes half the time.
CREATE TEMPORARY TABLE trail_indexes AS
SELECT i.relname, pg_get_indexdef(x.indexrelid) AS definition
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = 'audit_events'::regclass AND NOT x.indisprimary;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT relname FROM trail_indexes LOOP EXECUTE format('DROP INDEX %I', name); END LOOP;
END
$$;

-- The trail: five months, four fifths of it of the large organization, by persons and keys, about keys and persons.
INSERT INTO audit_events (
    id, organization_id, at, action, outcome, user_id, actor_type, credential, address, request_id, target_type,
    target_id, before_state, after_state, link)
SELECT e, CASE WHEN e % 5 = 0 THEN 2 + e / 5 % 99 ELSE 1 END, base.now - 150 * day + e * (150 * day / :events),
    CASE WHEN e % 10 = 9 THEN 'user.sign_in'
        ELSE (ARRAY['api_key.create', 'api_key.update', 'api_key.delete', 'grant.create'])[1 + e % 4] END,
    CASE WHEN e % 100 = 7 THEN 'refused' ELSE 'success' END,
    CASE WHEN e % 3 = 0 THEN 1099511627776 + 4096 + e * 31 % (:blocks * 4096) ELSE 1 + e * 7 % 2000 END,
    CASE WHEN e % 3 = 0 THEN 'api_key' ELSE 'person' END, 'abcdefghijkl', '192.0.2.' || e % 250,
    md5(e::text), CASE WHEN e % 10 = 9 THEN 'user' ELSE 'api_key' END,
    (CASE WHEN e % 10 = 9 THEN 1 + e * 7 % 2000 ELSE 4096 + e * 13 % (:blocks * 4096) END)::text,
    NULL, '{"name":"service","grants":[],"tags":[]}', sha256(e::text::bytea)
FROM base, generate_series(1::bigint, :events) e;

DO $$
DECLARE statement text;
BEGIN
    FOR statement IN SELECT definition FROM trail_indexes LOOP
        -- As of a table that has partitions, not of the partitioned table alone.
        EXECUTE replace(statement, ' ON ONLY ', ' ON ');
    END LOOP;
END
$$;

-- What else grows.
INSERT INTO changes (organization_id, subject, subject_id, at)
SELECT CASE WHEN c % 1000 = 0 THEN NULL WHEN c % 5 = 0 THEN 2 + c / 5 % 99 ELSE 1 END, 'api_key', 4096 + c,
    base.now - 100000 + c FROM base, generate_series(1, 100000) c;

INSERT INTO sessions (id, digest, user_id, created_at, last_seen_at, expires_at, address, user_agent)
SELECT s, sha256(s::text::bytea), 1 + s % 2990, base.now - 1000 * s, base.now, base.now - 1000 * s + day,
    '192.0.2.1', 'Browser'
FROM base, generate_series(1, 20000) s;

INSERT INTO revoked_tokens (number, name, organization_id, api_key_id, expires_at)
SELECT t * 7919, 'token-' || t, CASE WHEN t % 5 = 0 THEN 2 + t / 5 % 99 ELSE 1 END, 4096 + t % (:blocks * 4096),
    base.now + t * 1000
FROM base, generate_series(1::bigint, 20000) t;

INSERT INTO idempotency_records (user_id, request_key, body_digest, api_key_id, created_at)
SELECT 1 + i % 2000, 'request-' || i, sha256(i::text::bytea), 4096 + i, base.now - i * 1000
FROM base, generate_series(1, 20000) i;

INSERT INTO sign_in_attempts (digest, failures, blocked_until, resets_at)
SELECT sha256(a::text::bytea), 3, base.now, base.now + a * 1000 FROM base, generate_series(1, 20000) a;

INSERT INTO one_time_tokens (digest, purpose, user_id, expires_at)
SELECT sha256(t::text::bytea), 'invitation', t, base.now + day FROM base, generate_series(1, 2000) t;

INSERT INTO form_drafts (id, user_id, path, fields, expires_at)
SELECT 'draft-' || d, 1 + d % 2000, '/settings/api-keys/new', '{}', base.now + d * 1000
FROM base, generate_series(1, 20000) d;

SELECT setval('ids_audit_event', :events), setval('ids_api_key', (:blocks + 2) * 4096 + :blocks * 1024),
    setval('ids_grant', 20000 + 2 * (:blocks + 1) * 4096), setval('ids_person', 2990), setval('ids_session', 20000),
    setval('ids_role', 2000000200), setval('ids_organization', 100), setval('ids_account', 200),
    setval('ids_namespace', 200), setval('ids_application', 2000), setval('ids_scope', 2000);

ANALYZE;
