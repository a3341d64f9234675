-- A delivery becomes a batch: what arrived is compared with what is known, and only the difference is written.
-- The temporary tables belong to the delivery's own connection. `at__` counts the facts of a delivery (a row of a file
-- that holds several series gives several facts); `row__` is the file's row, for people.

-- name: rows
-- What the gate let through and what may have to be stored.
CREATE TEMP TABLE delivery_rows ({columns})

-- name: seen
-- Rows that were found equal to what is stored while they came in: only what identifies them is kept.
CREATE TEMP TABLE delivery_seen (
  at__ UBIGINT, row__ UBIGINT, subject_hi__ UBIGINT, subject_lo__ UBIGINT, key__ UBIGINT, content__ UBIGINT
)

-- name: spared
-- Keys of rows that were not let through: their stored versions are not withdrawn.
CREATE TEMP TABLE spared (case_id INTEGER, key__ UBIGINT)

-- name: merged
-- Rows of a key for which another row of the delivery stands.
CREATE TEMP TABLE merged (at__ UBIGINT, row__ UBIGINT, other UBIGINT, contradicts BOOLEAN)

-- name: held_rows
-- Rows that were let through, and are held back for what else the delivery or the store says of their key.
CREATE TEMP TABLE held_rows (row__ UBIGINT)

-- name: in_window
{column} BETWEEN $from AND $to

-- name: everywhere
true

-- name: has_rows
SELECT count(*) FROM (SELECT 1 FROM latest.{table} WHERE source = $source LIMIT 1)

-- name: known_rows
-- What identifies the stored rows of a source.
SELECT COALESCE(i.hi, 0), COALESCE(i.lo, 0), c.key__, c.content__
FROM latest.{table} c
LEFT JOIN vault.identities i ON i.case_id = c.case_id
WHERE c.source = $source AND {window}

-- name: known_contents
SELECT content__ FROM latest.{table} WHERE source = $source AND {window}

-- name: staged_contents
SELECT content__ FROM delivery_rows

-- name: last_case
SELECT max(case_id) FROM vault.identities

-- name: newcomers
-- Pseudonyms met for the first time get the next numbers, in the order of their rows.
CREATE TEMP TABLE newcomers AS
SELECT
  s.subject_hi__ AS hi, s.subject_lo__ AS lo,
  CAST($last + row_number() OVER (ORDER BY min(s.at__)) AS INTEGER) AS case_id
FROM delivery_rows s
ANTI JOIN vault.identities i ON i.hi = s.subject_hi__ AND i.lo = s.subject_lo__
WHERE s.subject_hi__ IS NOT NULL
GROUP BY s.subject_hi__, s.subject_lo__

-- name: add_newcomers
INSERT INTO vault.identities
SELECT CAST($namespace AS VARCHAR), hi, lo, case_id, CAST($batch AS UINTEGER) FROM newcomers

-- name: arrived
-- Every row of the delivery by its identity.
CREATE TEMP TABLE arrived AS
SELECT a.at__, a.row__, i.case_id, a.{key} AS key__, a.content__, a.wide
FROM (
  SELECT at__, row__, subject_hi__, subject_lo__, key__, content__, true AS wide FROM delivery_rows
  UNION ALL
  SELECT at__, row__, subject_hi__, subject_lo__, key__, content__, false AS wide FROM delivery_seen
) a
LEFT JOIN vault.identities i ON i.hi = a.subject_hi__ AND i.lo = a.subject_lo__

-- name: number_copies
-- Without a key, rows of equal content are told apart by their count: the second, third … copy gets a key of its
-- own, mixed from content and number, so that the key stays the same from delivery to delivery.
UPDATE arrived SET key__ = xor(arrived.key__, CAST(
  (CAST(copies.n AS UHUGEINT) * CAST(11400714819323198485 AS UHUGEINT)) % CAST(18446744073709551616 AS UHUGEINT)
  AS UBIGINT))
FROM (
  SELECT a.at__, row_number() OVER (PARTITION BY a.content__ ORDER BY a.at__) AS n
  FROM arrived a
  SEMI JOIN (SELECT content__ FROM arrived GROUP BY content__ HAVING count(*) > 1) r
    ON a.content__ = r.content__
) copies
WHERE arrived.at__ = copies.at__ AND copies.n > 1

-- name: repeated
-- Keys that come more than once in the delivery, and which of their rows stands for them.
CREATE TEMP TABLE repeated AS
SELECT
  case_id, key__, {which}(at__) AS counts_at, min(at__) AS first_at, min(content__) <> max(content__) AS conflict
FROM arrived GROUP BY case_id, key__ HAVING count(*) > 1

-- name: count_repeated
SELECT count(*) FROM repeated

-- name: conflicts
-- The rows of contradicting keys, each with a row that says otherwise.
WITH first_rows AS (
  SELECT r.case_id, r.key__, f.row__, f.content__ FROM repeated r JOIN arrived f ON f.at__ = r.first_at WHERE r.conflict
),
others AS (
  SELECT f.case_id, f.key__, min(a.row__) AS row__
  FROM first_rows f JOIN arrived a ON a.case_id IS NOT DISTINCT FROM f.case_id AND a.key__ = f.key__
  WHERE a.content__ <> f.content__ GROUP BY f.case_id, f.key__
)
SELECT a.row__, min(CASE WHEN a.content__ = f.content__ THEN o.row__ ELSE f.row__ END)
FROM arrived a
JOIN first_rows f ON a.case_id IS NOT DISTINCT FROM f.case_id AND a.key__ = f.key__
JOIN others o ON a.case_id IS NOT DISTINCT FROM o.case_id AND a.key__ = o.key__
GROUP BY a.row__ ORDER BY a.row__

-- name: spare_conflicts
INSERT INTO spared SELECT case_id, key__ FROM repeated WHERE conflict

-- name: hold_conflicts
INSERT INTO held_rows
SELECT a.row__ FROM arrived a JOIN repeated r ON a.case_id IS NOT DISTINCT FROM r.case_id AND a.key__ = r.key__
WHERE r.conflict

-- name: drop_conflicts
DELETE FROM arrived WHERE at__ IN (
  SELECT a.at__ FROM arrived a JOIN repeated r ON a.case_id IS NOT DISTINCT FROM r.case_id AND a.key__ = r.key__
  WHERE r.conflict
)

-- name: merge
INSERT INTO merged
SELECT a.at__, a.row__, c.row__, a.content__ <> c.content__
FROM arrived a
JOIN repeated r ON a.case_id IS NOT DISTINCT FROM r.case_id AND a.key__ = r.key__
JOIN arrived c ON c.at__ = r.counts_at
WHERE a.at__ <> r.counts_at

-- name: unread_of_repeated
-- Which cells of rows that count could not be read, where another row of the key says otherwise.
SELECT DISTINCT s.unread__ FROM delivery_rows s JOIN repeated r ON s.at__ = r.counts_at
WHERE r.conflict AND s.unread__ IS NOT NULL

-- name: told_beside
-- Of a column that the row that counts does not tell of: the nearest row of the key that does. One that is stored as it
-- is stands among what is known, from which an unreadable cell takes its value anyway.
CREATE OR REPLACE TEMP TABLE told_beside AS
SELECT n.counts_at, s.{column} AS told, n.content__
FROM (
  SELECT
    r.counts_at, a.at__, a.content__, a.wide,
    row_number() OVER (
      PARTITION BY r.counts_at ORDER BY greatest(a.at__, r.counts_at) - least(a.at__, r.counts_at)
    ) AS place
  FROM repeated r
  JOIN delivery_rows c ON c.at__ = r.counts_at
  JOIN arrived a ON a.case_id IS NOT DISTINCT FROM r.case_id AND a.key__ = r.key__ AND a.at__ <> r.counts_at
  LEFT JOIN delivery_rows o ON o.at__ = a.at__
  WHERE r.conflict AND contains(c.unread__, ',{name},') AND NOT contains(COALESCE(o.unread__, ''), ',{name},')
) n
JOIN delivery_rows s ON s.at__ = n.at__
WHERE n.place = 1 AND n.wide

-- name: fill_told
UPDATE delivery_rows SET
  {column} = told_beside.told, unread__ = NULLIF(replace(delivery_rows.unread__, ',{name},', ','), ',')
FROM told_beside WHERE delivery_rows.at__ = told_beside.counts_at

-- name: mix_told
-- The row is then made of both: so is what its content is known by.
UPDATE arrived SET content__ = CAST((
  CAST(arrived.content__ AS UHUGEINT) * CAST(11400714819323198485 AS UHUGEINT) + CAST(told_beside.content__ AS UHUGEINT)
) % CAST(18446744073709551616 AS UHUGEINT) AS UBIGINT)
FROM told_beside WHERE arrived.at__ = told_beside.counts_at

-- name: drop_merged
DELETE FROM arrived WHERE at__ IN (SELECT at__ FROM merged)

-- name: merged_rows
-- Rows that another stands for: those that contradict it (`contradicts` true), or those that do not.
SELECT row__, min(other) FROM merged GROUP BY row__ HAVING bool_or(contradicts) = $contradicts ORDER BY row__ LIMIT $n

-- name: count_contradicting
SELECT count(DISTINCT row__) FROM merged WHERE contradicts

-- name: held_keys
CREATE TEMP TABLE held_keys (subject_hi__ UBIGINT, subject_lo__ UBIGINT, key__ UBIGINT)

-- name: spare_held
INSERT INTO spared
SELECT i.case_id, h.key__
FROM held_keys h LEFT JOIN vault.identities i ON i.hi = h.subject_hi__ AND i.lo = h.subject_lo__
WHERE h.subject_hi__ IS NULL OR i.case_id IS NOT NULL

-- name: count_arrived
SELECT count(*) FROM arrived

-- name: count_scope
SELECT count(*) FROM latest.{table} WHERE source = $source AND {window}

-- name: first_change
-- Nothing of the source is stored: every row is new.
CREATE TEMP VIEW change AS
SELECT at__, row__, CAST(NULL AS BIGINT) AS was, case_id, key__, content__, wide FROM arrived

-- name: compare
-- What differs: new rows (`was` null), changed rows, and for a snapshot absent ones (`at__` null).
CREATE TEMP TABLE change AS
SELECT
  a.at__, a.row__, c.place AS was, COALESCE(a.case_id, c.case_id) AS case_id, COALESCE(a.key__, c.key__) AS key__,
  a.content__, a.wide
FROM arrived a
{side} JOIN (
  SELECT rowid AS place, case_id, key__, content__, {window} AS in_window
  FROM latest.{table} WHERE source = $source
) c ON a.case_id IS NOT DISTINCT FROM c.case_id AND a.key__ = c.key__
WHERE a.content__ IS DISTINCT FROM c.content__ AND (a.at__ IS NOT NULL OR c.in_window)

-- name: kept_from
-- Rows that would replace a version, a cell that could not be read with the version's value.
(SELECT {inputs}, o.at__, o.was
FROM change o
JOIN delivery_rows s ON s.at__ = o.at__
JOIN latest.{table} earlier ON earlier.rowid = o.was)
AS staged

-- name: kept_own
at__, was

-- name: drop_kept
-- Of these rows nothing differs from the version: they change nothing.
DELETE FROM change WHERE at__ IN (
  SELECT n.at__ FROM ({lift}) n JOIN latest.{table} c ON c.rowid = n.was WHERE {equal}
)

-- name: equal
n.{column} IS NOT DISTINCT FROM c.{column}

-- name: overtaken
-- What an older snapshot would change on days of which a newer one has told.
CREATE TEMP TABLE overtaken AS
SELECT o.at__, o.was, o.row__
FROM change o
LEFT JOIN delivery_rows s ON s.at__ = o.at__
LEFT JOIN latest.{table} c ON c.rowid = o.was
WHERE NOT (
  (o.at__ IS NULL OR COALESCE({staged_free}, false)) AND (o.was IS NULL OR COALESCE({stored_free}, false))
)

-- name: free_days
{day} BETWEEN DATE '{from}' AND DATE '{to}'

-- name: drop_overtaken
DELETE FROM change WHERE EXISTS (
  SELECT 1 FROM overtaken t WHERE t.at__ IS NOT DISTINCT FROM change.at__ AND t.was IS NOT DISTINCT FROM change.was
)

-- name: overtaken_rows
SELECT DISTINCT row__ FROM overtaken WHERE at__ IS NOT NULL ORDER BY row__

-- name: drop_spared
DELETE FROM change WHERE at__ IS NULL AND EXISTS (
  SELECT 1 FROM spared s WHERE s.case_id IS NOT DISTINCT FROM change.case_id AND s.key__ = change.key__
)

-- name: drop_absent
DELETE FROM change WHERE at__ IS NULL

-- name: changed_rows
SELECT DISTINCT row__ FROM change WHERE at__ IS NOT NULL AND was IS NOT NULL ORDER BY row__

-- name: hold_changed
INSERT INTO held_rows SELECT row__ FROM change WHERE at__ IS NOT NULL AND was IS NOT NULL

-- name: drop_changed_arrived
DELETE FROM arrived WHERE at__ IN (SELECT at__ FROM change WHERE at__ IS NOT NULL AND was IS NOT NULL)

-- name: drop_changed
DELETE FROM change WHERE at__ IS NOT NULL AND was IS NOT NULL

-- name: count_change
SELECT
  count(at__) AS opened, count(was) AS closed, count(*) FILTER (WHERE at__ IS NOT NULL AND NOT wide) AS lacking,
  count(*) FILTER (WHERE at__ IS NOT NULL AND was IS NULL) AS new, count(*) FILTER (WHERE at__ IS NULL) AS withdrawn
FROM change

-- name: count_merged
SELECT count(*) FROM merged

-- name: count_rows
-- Where a row gives several facts: by the gravest of them. Rows that are held back are counted where they are told.
SELECT
  count(*) FILTER (WHERE gravest = 2) AS new, count(*) FILTER (WHERE gravest = 3) AS changed,
  count(*) FILTER (WHERE gravest = 0) AS merged
FROM (
  SELECT row__, max(grave) AS gravest FROM (
    SELECT a.row__, CASE WHEN c.at__ IS NULL THEN 1 WHEN c.was IS NULL THEN 2 ELSE 3 END AS grave
    FROM arrived a LEFT JOIN change c ON c.at__ = a.at__
    UNION ALL
    SELECT row__, 0 AS grave FROM merged
  ) AS facts
  WHERE row__ NOT IN (SELECT row__ FROM held_rows)
  GROUP BY row__
) AS by_row

-- name: ends
-- Where a snapshot ends, and how much of what it would withdraw stood behind that: by the place in the files that brought the rows,
-- by day, and by day in a file that begins with the newest. The first and last row of the delivery itself are found by `first_last`.
WITH lost AS (
  SELECT c.row__, {stored_day} AS day FROM change x JOIN latest.{table} c ON c.rowid = x.was WHERE x.at__ IS NULL
),
stays AS (
  SELECT c.row__ FROM latest.{table} c
  WHERE c.source = $source AND {window} AND c.rowid NOT IN (SELECT was FROM change WHERE was IS NOT NULL AND at__ IS NULL)
),
there AS (
  SELECT c.row__, {stored_day} AS day FROM latest.{table} c
  WHERE c.source = $source AND {window} AND c.rowid NOT IN (SELECT was FROM change WHERE was IS NOT NULL)
  UNION ALL
  SELECT o.row__, {staged_day} AS day FROM change o JOIN delivery_rows s ON s.at__ = o.at__
),
days AS (
  SELECT max(day) AS last_day, min(day) AS first_day FROM there
),
edges AS (
  SELECT
    (SELECT max(row__) FROM stays) AS stays_row,
    days.last_day, (SELECT max(row__) FROM there WHERE day = days.last_day) AS last_row,
    days.first_day, (SELECT max(row__) FROM there WHERE day = days.first_day) AS first_row
  FROM days
),
placed AS (
  SELECT
    l.row__, l.day,
    COALESCE(l.row__ > e.stays_row, false) AS at_end,
    COALESCE(l.day > e.last_day OR l.day = e.last_day AND l.row__ > e.last_row, false) AS behind,
    COALESCE(l.day < e.first_day OR l.day = e.first_day AND l.row__ > e.first_row, false) AS before
  FROM lost l CROSS JOIN edges e
)
SELECT
  (SELECT last_day FROM edges),
  count(*) FILTER (WHERE at_end), min(row__) FILTER (WHERE at_end), count(*) FILTER (WHERE at_end AND day IS NULL),
  min(day) FILTER (WHERE at_end), max(day) FILTER (WHERE at_end),
  count(*) FILTER (WHERE behind), min(day) FILTER (WHERE behind), max(day) FILTER (WHERE behind),
  count(*) FILTER (WHERE before), min(day) FILTER (WHERE before), max(day) FILTER (WHERE before)
FROM placed

-- name: first_last
-- Of the delivery's first and last row: its number, is it new, its day.
SELECT a.row__, o.at__ IS NOT NULL AND o.was IS NULL, COALESCE({staged_day}, {stored_day})
FROM arrived a
LEFT JOIN change o ON o.at__ = a.at__
LEFT JOIN delivery_rows s ON s.at__ = a.at__
LEFT JOIN latest.{table} c
  ON c.source = $source AND c.case_id IS NOT DISTINCT FROM a.case_id AND c.key__ = a.key__
WHERE a.at__ IN (SELECT min(at__) FROM arrived UNION ALL SELECT max(at__) FROM arrived)
ORDER BY a.at__

-- name: lost_days
-- Stored rows of the days behind the last that the snapshot has, and how many of them it would withdraw.
SELECT count(*), count(*) FILTER (WHERE c.rowid IN (SELECT was FROM change WHERE was IS NOT NULL AND at__ IS NULL)), max(c.{column})
FROM latest.{table} c
WHERE c.source = $source AND {window} AND c.{column} > $last_day

-- name: close
INSERT INTO vault.{table}_closed
SELECT {columns}, source, case_id, key__, content__, row__, known_from, CAST($batch AS UINTEGER)
FROM latest.{table} WHERE rowid IN (SELECT was FROM change WHERE was IS NOT NULL)

-- name: remove
DELETE FROM latest.{table} WHERE rowid IN (SELECT was FROM change WHERE was IS NOT NULL)

-- name: open_from
(SELECT {inputs}, o.case_id, o.key__, o.content__, o.row__ FROM change o JOIN delivery_rows s ON s.at__ = o.at__)
AS staged

-- name: open_from_kept
-- A cell that could not be read does not replace what was known: it takes the value of the version that this batch
-- has just closed.
(SELECT {inputs}, o.case_id, o.key__, o.content__, o.row__
FROM change o
JOIN delivery_rows s ON s.at__ = o.at__
LEFT JOIN vault.{table}_closed earlier
  ON earlier.known_to = CAST($batch AS UINTEGER) AND earlier.source = $source
  AND earlier.case_id IS NOT DISTINCT FROM o.case_id AND earlier.key__ = o.key__)
AS staged

-- name: kept_input
CASE WHEN contains(s.unread__, ',{name},') THEN earlier.{column} ELSE CAST(s.{column} AS {type}) END AS {column}

-- name: lacking_input
-- A column that the file does not have keeps what was known.
earlier.{column} AS {column}

-- name: lacking_name
CASE WHEN contains(earlier.unread, ',{name},') THEN '{name},' ELSE '' END

-- name: noted
-- Columns of which a cell was filled and gave no value, whatever the reason.
replace(s.unread__, '~', '') AS unread

-- name: kept_noted
-- The same, without those of which an earlier value stays.
NULLIF(concat(',', {names}), ',') AS unread

-- name: kept_name
CASE WHEN contains(s.unread__, ',~{name},') OR contains(s.unread__, ',{name},') AND earlier.{column} IS NULL THEN '{name},' ELSE '' END

-- name: spans
-- Where of a beginning and an end one stays known from before, the end may lie before the beginning: then it is not known.
(SELECT * REPLACE ({ends}) FROM {from}) AS staged

-- name: ends_before
COALESCE({end} < {begin}, false)

-- name: end_of_span
CASE WHEN NOT ({before}) THEN {column} END AS {column}

-- name: noted_ends
CASE WHEN {before} THEN concat(COALESCE(unread, ','), '{names},') ELSE unread END AS unread

-- name: open_own
CAST($source AS VARCHAR), case_id, key__, content__, CAST(row__ AS UINTEGER), CAST($batch AS UINTEGER)

-- name: open
INSERT INTO latest.{table}
{lift}

-- name: begin
BEGIN TRANSACTION

-- name: commit
COMMIT

-- name: rollback
ROLLBACK

-- name: opened_rows
SELECT {columns}, source, case_id, key__, content__, row__, known_from
FROM latest.{table} WHERE known_from = $batch

-- name: closed_rows
SELECT source, case_id, key__, content__, known_from, known_to
FROM vault.{table}_closed WHERE known_to = $batch

-- name: identity_rows
SELECT namespace, hi, lo, case_id, known_from FROM vault.identities WHERE known_from = $batch
