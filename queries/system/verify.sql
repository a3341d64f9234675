-- The archive against the database. Tables as of every batch follow from their versions: equal versions, with equal
-- known_from and known_to, are equal tables as of every batch. Contents are compared by hash.

-- name: database
CREATE TEMP TABLE in_database AS
SELECT known_from, known_to, count(*) AS n, sum(CAST(hash({columns}, source, case_id, key__, content__, row__) AS HUGEINT)) AS h
FROM (
  SELECT {columns}, source, case_id, key__, content__, row__, known_from, CAST(NULL AS UINTEGER) AS known_to
  FROM latest.{table}
  UNION ALL
  SELECT {columns}, source, case_id, key__, content__, row__, known_from, known_to
  FROM vault.{table}_closed
)
GROUP BY known_from, known_to

-- name: no_archive
CREATE TEMP TABLE in_archive AS SELECT * FROM in_database WHERE false

-- name: archive
CREATE TEMP TABLE in_archive AS
SELECT known_from, known_to, count(*) AS n, sum(CAST(hash({columns}, source, case_id, key__, content__, row__) AS HUGEINT)) AS h
FROM ({lift})
GROUP BY known_from, known_to

-- name: all_from
(SELECT {inputs}, o.source, o.case_id, o.key__, o.content__, o.row__, o.known_from, c.known_to
FROM read_parquet({opened}, union_by_name = true) o
LEFT JOIN {closed} c
  ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source)
AS staged

-- name: stray_closed
-- Versions that were closed and never opened, or with other content.
SELECT count(*) FROM {closed} c
ANTI JOIN read_parquet({opened}, union_by_name = true) o
  ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source
    AND c.content__ = o.content__

-- name: differences
SELECT
  COALESCE(d.known_from, a.known_from) AS known_from, COALESCE(d.known_to, a.known_to) AS known_to,
  COALESCE(d.n, 0) AS in_database, COALESCE(a.n, 0) AS in_archive
FROM in_database d
FULL JOIN in_archive a ON d.known_from = a.known_from AND COALESCE(d.known_to, 0) = COALESCE(a.known_to, 0)
WHERE d.n IS DISTINCT FROM a.n OR d.h IS DISTINCT FROM a.h
ORDER BY 1, 2 LIMIT 20

-- name: drop_database
DROP TABLE in_database

-- name: drop_archive
DROP TABLE in_archive

-- name: identities
SELECT count(*), COALESCE(sum(CAST(hash(namespace, hi, lo, case_id, known_from) AS HUGEINT)), 0) % 9223372036854775783
FROM {relation}

-- name: parquet
read_parquet({files})

-- name: twice
-- A pseudonym or a case that stands twice.
SELECT count(*) - least(count(DISTINCT (hi, lo)), count(DISTINCT case_id)) FROM vault.identities

-- name: ledger
SELECT batch, accepted_at, kind, source, of_table, mapping, delivery, opened, closed, identities
FROM vault.batches ORDER BY batch

-- name: counted
SELECT CAST(COALESCE(sum(n), 0) AS BIGINT) FROM in_database
