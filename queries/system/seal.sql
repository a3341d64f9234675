-- What the seals of the archive are made of, and where the head of their chain is kept.

-- name: file
SELECT * FROM read_parquet({files})

-- name: opened
-- The rows that some batches opened, as the database has them.
SELECT {columns}, source, case_id, key__, content__, row__, known_from
FROM latest.{table} WHERE known_from BETWEEN $first AND $last
UNION ALL
SELECT {columns}, source, case_id, key__, content__, row__, known_from
FROM vault.{table}_closed WHERE known_from BETWEEN $first AND $last

-- name: closed
SELECT source, case_id, key__, content__, known_from, known_to
FROM vault.{table}_closed WHERE known_to BETWEEN $first AND $last

-- name: identities
SELECT namespace, hi, lo, case_id, known_from FROM vault.identities WHERE known_from BETWEEN $first AND $last

-- name: copy
COPY ({rows}) TO $file (FORMAT parquet, COMPRESSION snappy)

-- name: stored
SELECT value FROM vault.meta WHERE name = 'head'

-- name: forget
DELETE FROM vault.meta WHERE name = 'head'

-- name: store
INSERT INTO vault.meta VALUES ('head', $head)

-- name: of_batch
SELECT * FROM read_parquet({files}) WHERE {by} = {batch}

-- name: count
SELECT count(*) FROM ({rows})

-- name: read
-- Reads every block of a ledger: one that is damaged is an error.
SELECT bit_xor(hash(t)) FROM vault.{table} AS t
