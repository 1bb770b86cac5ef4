-- The depth of every index: how many pages are read to find an entry. Needs the extension pageinspect.
-- What a tree of ten keys' or a hundred events' number would have follows from how many entries a page holds.
CREATE EXTENSION IF NOT EXISTS pageinspect WITH SCHEMA public;
WITH indexes AS (
    SELECT t.relname AS table_name, i.relname AS index_name, i.oid::regclass AS index, i.reltuples AS entries,
        i.relpages AS pages, pg_relation_size(i.oid) AS size
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        JOIN pg_am a ON a.oid = i.relam AND a.amname = 'btree'
    WHERE i.relnamespace = 'keywright'::regnamespace AND i.relkind = 'i' AND i.reltuples > 2 * i.relpages
), depths AS (
    SELECT *, (public.bt_metap(index::text)).level + 1 AS depth, entries / pages AS per_page FROM indexes
)
SELECT table_name, index_name, entries::bigint, pg_size_pretty(size) AS size, depth,
    round(per_page::numeric) AS per_page,
    -- Inner pages hold about as many entries as leaves do; leaves are counted as they are.
    ceil(1 + ln(greatest(entries * 10 / per_page, 1)) / ln(per_page))::int AS depth_at_ten_times,
    ceil(1 + ln(greatest(entries * 100 / per_page, 1)) / ln(per_page))::int AS depth_at_hundred_times
FROM depths ORDER BY table_name, index_name;
