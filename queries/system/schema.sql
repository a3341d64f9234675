-- What the database is made of.

-- name: lift
SELECT
{list}
FROM {from}

-- name: nothing
(SELECT {inputs}) AS staged

-- name: syntax_tree
-- How the database itself reads a SELECT: as JSON.
SELECT json_serialize_sql($text)

-- name: vault
-- Queries read the views in `main`, or the tables in `latest`. Everything else lives here, and a query that names
-- it is refused.
CREATE SCHEMA vault

-- name: latest
CREATE SCHEMA latest

-- name: current
-- Versions that are still known. A reader whose moment is the last batch finds these tables instead of the views in
-- `main`: binding a view of many columns would cost more than many a query.
CREATE TABLE latest.{table} AS
{lift}
WHERE false

-- name: closed
-- Versions that were replaced or withdrawn: known from `known_from` until before `known_to`.
CREATE TABLE vault.{table}_closed AS
SELECT *, CAST(NULL AS UINTEGER) AS known_to FROM latest.{table} WHERE false

-- name: view
-- A table as it was known at the batch that the reader is set to.
CREATE VIEW main.{table} AS
SELECT {columns} FROM latest.{table}
WHERE known_from <= getvariable('as_of_batch')
UNION ALL
SELECT {columns} FROM vault.{table}_closed
WHERE known_from <= getvariable('as_of_batch') AND getvariable('as_of_batch') < known_to

-- name: changes
-- What became known of a table, by the day (JST) on which it did: 1, and -1 for what was taken back. Without what first
-- loads and changed mappings brought: they say nothing about delays.
CREATE VIEW {schema}.{table}_changes AS
SELECT {columns}, CAST(opened.accepted_at + INTERVAL '9' HOUR AS DATE) AS known_day, 1 AS delta
FROM (
  SELECT {columns}, known_from FROM latest.{table} AS versions
  UNION ALL
  SELECT {columns}, known_from FROM vault.{table}_closed AS versions
) AS versions
JOIN vault.batches AS opened ON opened.batch = versions.known_from
WHERE opened.kind IN ('regular', 'replay') AND {opened}
UNION ALL
SELECT {columns}, CAST(ended.accepted_at + INTERVAL '9' HOUR AS DATE) AS known_day, -1 AS delta
FROM vault.{table}_closed AS versions
JOIN vault.batches AS opened ON opened.batch = versions.known_from
JOIN vault.batches AS ended ON ended.batch = versions.known_to
WHERE opened.kind <> 'initial' AND ended.kind IN ('regular', 'replay') AND {ended}

-- name: see
-- Where a reader finds the tables by their plain names.
SET search_path = '{tables}'

-- name: as_of
SET VARIABLE as_of_batch = {batch}

-- name: identities
-- Which case a pseudonym is. No query sees it.
CREATE TABLE vault.identities (namespace VARCHAR, hi UBIGINT, lo UBIGINT, case_id INTEGER, known_from UINTEGER)

-- name: meta
CREATE TABLE vault.meta (name VARCHAR, value VARCHAR)

-- name: batches
CREATE TABLE vault.batches (
  batch UINTEGER, accepted_at TIMESTAMP, kind VARCHAR, source VARCHAR, of_table VARCHAR, mapping VARCHAR,
  delivery UBIGINT, opened UBIGINT, closed UBIGINT, identities UBIGINT
)

-- name: deliveries
CREATE TABLE vault.deliveries (
  delivery UBIGINT, source VARCHAR, of_table VARCHAR, name VARCHAR, received_at TIMESTAMP, stamp TIMESTAMP,
  outcome VARCHAR, why VARCHAR, batch UINTEGER, mapping VARCHAR, digest VARCHAR, bytes UBIGINT, rows UBIGINT,
  opened UBIGINT, closed UBIGINT, unchanged UBIGINT, quarantined UBIGINT, held UBIGINT, stale BOOLEAN, replay BOOLEAN,
  new_rows UBIGINT, changed UBIGINT, merged UBIGINT, contradicting UBIGINT, withdrawn UBIGINT,
  stored_before UBIGINT, sign_met VARCHAR, by_person BOOLEAN, left_out VARCHAR,
  known_from TIMESTAMP, told_columns VARCHAR, told_from DATE, told_to DATE, told_alone BOOLEAN, absent VARCHAR
)

-- name: quarantine
-- Rows that were not let through: number, column, reason, the row that it contradicts; never a value.
CREATE TABLE vault.quarantine (
  delivery UBIGINT, row_number UBIGINT, column_name VARCHAR, reason VARCHAR, other_row UBIGINT
)

-- name: fault_counts
-- All rows of a delivery that were not let through, however many, by column and reason.
CREATE TABLE vault.fault_counts (delivery UBIGINT, column_name VARCHAR, reason VARCHAR, rows UBIGINT)

-- name: merged_rows
-- Rows merged into another of the file, which counts.
CREATE TABLE vault.merged_rows (delivery UBIGINT, row_number UBIGINT, other_row UBIGINT, contradicts BOOLEAN)

-- name: unread_cells
-- Cells let through as unknown because nothing could be made of them, by column and reason; the first rows as JSON.
CREATE TABLE vault.unread_cells (
  delivery UBIGINT, column_name VARCHAR, reason VARCHAR, cells UBIGINT, filled UBIGINT, row_numbers VARCHAR
)

-- name: runs
CREATE TABLE vault.runs (
  run UBIGINT, job VARCHAR, scheduled_at TIMESTAMP, started_at TIMESTAMP, ended_at TIMESTAMP, outcome VARCHAR,
  rows UBIGINT, note VARCHAR
)

-- name: frames
-- What a board showed from an instant on: figures as compressed JSON.
CREATE TABLE vault.frames (
  frame UBIGINT, board VARCHAR, shown_at TIMESTAMP, batch UINTEGER, definitions VARCHAR, program VARCHAR, digest VARCHAR,
  figures BLOB
)

-- name: definitions
-- Texts (queries, mappings, boards, reference data) with the instant from which each was the one in force.
CREATE TABLE vault.definitions (
  definition UBIGINT, kind VARCHAR, name VARCHAR, hash VARCHAR, known_at TIMESTAMP, body VARCHAR
)

-- name: notes
CREATE TABLE vault.notes (note UBIGINT, noted_at TIMESTAMP, kind VARCHAR, body VARCHAR)

-- name: checkpoint
CHECKPOINT

-- name: own_columns
-- The store's own columns, after the table's.
CAST(NULL AS VARCHAR) AS source, CAST(NULL AS INTEGER) AS case_id, CAST(NULL AS UBIGINT) AS key__,
  CAST(NULL AS UBIGINT) AS content__, CAST(NULL AS UINTEGER) AS row__, CAST(NULL AS UINTEGER) AS known_from

-- name: is_made
SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'vault' AND table_name = 'meta'

-- name: stored_hash
SELECT value FROM vault.meta WHERE name = 'schema'

-- name: store_hash
INSERT INTO vault.meta VALUES ('schema', $hash)

-- name: change_hash
UPDATE vault.meta SET value = $hash WHERE name = 'schema'

-- name: tables
SELECT table_name FROM duckdb_tables() WHERE schema_name = 'latest'

-- name: last_batch
SELECT CAST(max(batch) AS BIGINT) FROM vault.batches
