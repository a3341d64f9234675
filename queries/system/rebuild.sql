-- The database made again from the archive's files.

-- name: columns
SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet({files}, union_by_name = true))

-- name: no_closed
-- For a table of which nothing was ever closed.
(SELECT CAST(NULL AS VARCHAR) AS source, CAST(NULL AS INTEGER) AS case_id, CAST(NULL AS UBIGINT) AS key__,
  CAST(NULL AS UINTEGER) AS known_from, CAST(NULL AS UINTEGER) AS known_to, CAST(NULL AS UBIGINT) AS content__
WHERE false)

-- name: closed_files
read_parquet({files}, union_by_name = true)

-- name: current_from
(SELECT {inputs}, o.source, o.case_id, o.key__, o.content__, o.row__, o.known_from
FROM read_parquet({opened}, union_by_name = true) o
ANTI JOIN {closed} c
  ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source)
AS staged

-- name: current_own
source, case_id, key__, content__, row__, known_from

-- name: closed_from
(SELECT {inputs}, o.source, o.case_id, o.key__, o.content__, o.row__, o.known_from, c.known_to
FROM read_parquet({opened}, union_by_name = true) o
JOIN {closed} c
  ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source)
AS staged

-- name: closed_own
source, case_id, key__, content__, row__, known_from, known_to

-- name: add_current
INSERT INTO latest.{table}
{lift}

-- name: add_closed
INSERT INTO vault.{table}_closed
{lift}

-- name: add_identities
INSERT INTO vault.identities SELECT namespace, hi, lo, case_id, known_from FROM read_parquet({files})

-- name: opened_from
(SELECT {inputs}, o.source, o.case_id, o.key__, o.content__, o.row__, o.known_from
FROM {opened} o)
AS staged

-- name: opened_own
source, case_id, key__, content__, row__, known_from

-- name: close
-- A batch closes what is current in the database.
INSERT INTO vault.{table}_closed
SELECT o.*, c.known_to FROM latest.{table} o
JOIN {closed} c
  ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source
    AND c.content__ = o.content__

-- name: remove
DELETE FROM latest.{table} WHERE rowid IN (
  SELECT o.rowid FROM latest.{table} o
  JOIN {closed} c
    ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.case_id IS NOT DISTINCT FROM o.case_id AND c.source = o.source
      AND c.content__ = o.content__
)

-- name: opened_of
(SELECT * FROM read_parquet({files}, union_by_name = true) WHERE known_from = {batch})

-- name: closed_of
(SELECT * FROM read_parquet({files}, union_by_name = true) WHERE known_to = {batch})

-- name: add_identities_of
INSERT INTO vault.identities
SELECT namespace, hi, lo, case_id, known_from FROM read_parquet({files}) WHERE known_from = {batch}
