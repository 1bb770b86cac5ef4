-- What the creation of one key writes, as pgbench's transaction: the key, its grant, its event, the stored sets of its
-- terms, the organization's counts and end of the chain, the row of the change log. (A colon before a letter is a
-- variable of pgbench, also within a text; terms have a dot instead until the end.)
\set tag random(1, 100)
BEGIN;
SELECT audit_link FROM organizations WHERE id = 1 FOR NO KEY UPDATE;
SELECT nextval('ids_api_key') AS id, nextval('ids_grant') AS grant_id, nextval('ids_audit_event') AS event \gset
INSERT INTO api_keys (id, organization_id, name, name_key, handle, ending, digest, pepper_version, tags, owner_id,
    is_internal, is_enabled, epoch, version, created_at, updated_at)
SELECT id, 1, 'bench-key-' || id, 'bench-key-' || id, substr(md5(id::text), 1, 12), 'wxyz', sha256(id::text::bytea), 1,
    'team=t' || :tag::int || E'\nn=' || id, 1, 0, 1, 1, 1, 1790000000000, 1790000000000
FROM (SELECT :id::bigint AS id) new;
INSERT INTO grants (
    id, user_id, organization_id, account_id, namespace_id, application_id, scope_id, role_id, role_slug)
VALUES (:grant_id::bigint, 1099511627776 + :id::bigint, 1, 0, 0, 0, 0, 700317756, 'developer');
INSERT INTO api_key_sets AS s (organization_id, term, block, members)
SELECT DISTINCT 1, translate(term, '.', ':'), id >> 12,
    decode(lpad(to_hex(((id & 255) << 8) | ((id >> 8) & 15)), 4, '0'), 'hex')
FROM (SELECT :id::bigint AS id) new, unnest(
    ARRAY['l', 'n', 'o.1', 'a.1.1', 'r.developer', 't.team=t' || :tag::int, 't.n=' || id]
    || ARRAY(SELECT 'p.' || substr('bench-key-' || id, start, 3)
        FROM generate_series(1, length('bench-key-' || id) - 2) start)) AS term
ORDER BY 2
ON CONFLICT (organization_id, term, block) DO UPDATE SET members =
    CASE WHEN length(s.members) < 512 THEN s.members || excluded.members ELSE s.members END;
INSERT INTO audit_events (id, organization_id, at, action, outcome, user_id, actor_type, credential, address,
    request_id, target_type, target_id, after_state, link)
VALUES (:event::bigint, 1, (extract(epoch FROM now()) * 1000)::bigint, 'api_key.create', 'success', 1, 'api_key',
    'abcdefghijkl', '127.0.0.1', '0123456789abcdef0123456789abcdef', 'api_key', :id::text,
    repeat('x', 220), sha256(:event::text::bytea));
UPDATE organizations SET key_count = key_count + 1, listed_key_count = listed_key_count + 1,
    audit_link = sha256(:event::text::bytea) WHERE id = 1;
INSERT INTO changes (organization_id, subject, subject_id, at) VALUES (1, 'api_key', :id::bigint, 1790000000000);
COMMIT;
