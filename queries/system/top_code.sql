-- Ages that an earlier program stored as they came: found, and replaced by what may be kept of them.

-- name: both
(age > 90 OR age_decade > 90 OR age_decade % 10 <> 0 OR (age BETWEEN 0 AND 90 AND age_decade IS NULL))

-- name: only_age
(age > 90)

-- name: only_decade
(age_decade > 90 OR age_decade % 10 <> 0)

-- name: in_database
SELECT count(*) FROM (
  SELECT 1 FROM latest.{table} WHERE {kept}
  UNION ALL
  SELECT 1 FROM vault.{table}_closed WHERE {kept}
)

-- name: plan
-- What becomes of each version of a row that keeps too much.
CREATE TEMP TABLE mended (
  of_table VARCHAR, source VARCHAR, case_id INTEGER, key__ UBIGINT, known_from UINTEGER, new_key UBIGINT,
  new_content UBIGINT, age SMALLINT, age_decade SMALLINT
)

-- name: kept
-- Those that are still known first: of rows that become copies of each other they get the first numbers, as the next
-- delivery will number them.
SELECT o.* FROM read_parquet({files}, union_by_name = true) o
LEFT JOIN {closed} c
  ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source
WHERE {kept}
ORDER BY c.known_to IS NOT NULL, o.known_from, o.row__, o.key__

-- name: keys
-- The keys of rows without a subject.
SELECT DISTINCT source, key__ FROM read_parquet({files}, union_by_name = true) WHERE case_id IS NULL

-- name: same
m.of_table = {name} AND m.known_from = o.known_from AND m.key__ = o.key__ AND m.source = o.source
  AND m.case_id IS NOT DISTINCT FROM o.case_id

-- name: in_file
SELECT count(*) FROM read_parquet({files}) o JOIN mended m ON {same}

-- name: replaced
CASE WHEN m.known_from IS NULL THEN o.{column} ELSE m.{mended} END AS {column}

-- name: rewrite
COPY (
  SELECT o.* REPLACE ({replaced}) FROM read_parquet({files}) o LEFT JOIN mended m ON {same}
) TO $file (FORMAT parquet, COMPRESSION zstd)

-- name: counted
SELECT of_table, known_from, count(*) FROM mended GROUP BY of_table, known_from ORDER BY of_table, known_from
