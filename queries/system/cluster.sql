-- The rows known now, put in the order of their days again.

-- name: astray
-- Rows, and how many of them lie behind one that belongs after them.
SELECT count(*), count(*) FILTER (WHERE day < last_before)
FROM (
  SELECT
    {by} AS day,
    max({by}) OVER (ORDER BY rowid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_before
  FROM latest.{table}
) AS lying

-- name: last
SELECT max(rowid) FROM latest.{table}

-- name: append
INSERT INTO latest.{table} SELECT * FROM latest.{table} ORDER BY {by}, rowid

-- name: remove
DELETE FROM latest.{table} WHERE rowid <= $last
