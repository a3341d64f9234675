-- The ledgers: deliveries and their rows that were held back or merged, batches, runs, frames, definitions, notes.

-- name: add_delivery
INSERT INTO vault.deliveries VALUES (
  $delivery, $source, $of_table, $name, $received_at, $stamp, $outcome, $why, $batch, $mapping, $digest, $bytes,
  $rows, $opened, $closed, $unchanged, $quarantined, $held, $stale, $replay,
  $new_rows, $changed, $merged, $contradicting, $withdrawn, $stored, $hold, $by_person, $left_out, $known_from,
  $told_columns, $told_from, $told_to, $told_alone, $absent
)

-- name: deliveries
SELECT
  delivery, source, of_table, name, received_at, stamp, outcome, why, batch, mapping, digest, bytes,
  rows, opened, closed, unchanged, quarantined, held, stale, replay,
  new_rows, changed, merged, contradicting, withdrawn, stored_before, sign_met, by_person, left_out, known_from,
  told_columns, told_from, told_to, told_alone, absent
FROM vault.deliveries
WHERE received_at <= $until
ORDER BY delivery DESC LIMIT $n

-- name: delivery
SELECT
  delivery, source, of_table, name, received_at, stamp, outcome, why, batch, mapping, digest, bytes,
  rows, opened, closed, unchanged, quarantined, held, stale, replay,
  new_rows, changed, merged, contradicting, withdrawn, stored_before, sign_met, by_person, left_out, known_from,
  told_columns, told_from, told_to, told_alone, absent
FROM vault.deliveries WHERE delivery = $delivery

-- name: last_of_name
SELECT CAST(max(delivery) AS BIGINT) FROM vault.deliveries WHERE source = $source AND name = $name

-- name: newer
-- The names of a source's deliveries taken that are newer than a stamp; a stamp that lies ahead is none.
SELECT DISTINCT name FROM vault.deliveries
WHERE source = $source AND outcome IN ('accepted', 'unchanged') AND stamp > $stamp AND stamp <= $ahead ORDER BY name

-- name: usual_withdrawals
-- What the last deliveries taken withdrew, as shares of what was stored; those that a person let pass do not count as
-- usual. Of entries of before rows were counted, what they closed is as much as they can have withdrawn. Without keys
-- a corrected row is one withdrawn and one new: what counts is by how much the rows became fewer.
SELECT count(share), max(share) FROM (
  SELECT CASE
    WHEN stored_before IS NULL THEN CAST(closed AS DOUBLE) / NULLIF(rows + closed, 0)
    WHEN $keyed THEN CAST(withdrawn AS DOUBLE) / NULLIF(stored_before, 0)
    ELSE CAST(greatest(withdrawn, new_rows) - new_rows AS DOUBLE) / NULLIF(stored_before, 0)
  END AS share
  FROM vault.deliveries
  WHERE source = $source AND outcome IN ('accepted', 'unchanged') AND NOT by_person
  ORDER BY delivery DESC LIMIT $n
) AS taken

-- name: line_ends
-- Deliveries of a source that were taken by this mapping, and those of them whose last line had no line end.
SELECT count(*), count(u.delivery)
FROM vault.deliveries d
LEFT JOIN vault.unread_cells u ON u.delivery = d.delivery AND u.reason = 'no_line_end'
WHERE d.source = $source AND d.mapping = $mapping AND d.outcome IN ('accepted', 'unchanged') AND d.rows > 0

-- name: unread_of_late
-- Cells that could not be read in the last deliveries taken; those that a person let pass are not usual.
SELECT u.column_name, u.reason, u.cells, u.filled, u.row_numbers, taken.delivery
FROM (
  SELECT delivery FROM vault.deliveries
  WHERE source = $source AND outcome IN ('accepted', 'unchanged') AND NOT by_person AND rows > 0
    AND stored_before IS NOT NULL
  ORDER BY delivery DESC LIMIT $n
) AS taken
LEFT JOIN vault.unread_cells u ON u.delivery = taken.delivery

-- name: last_deliveries
-- Of each source the last delivery until an instant, the last taken, and the last taken that was not stale.
SELECT
  delivery, source, of_table, name, received_at, stamp, outcome, why, batch, mapping, digest, bytes,
  rows, opened, closed, unchanged, quarantined, held, stale, replay,
  new_rows, changed, merged, contradicting, withdrawn, stored_before, sign_met, by_person, left_out, known_from,
  told_columns, told_from, told_to, told_alone, absent
FROM vault.deliveries
WHERE delivery IN (
  SELECT max(delivery) FROM vault.deliveries WHERE received_at <= $at GROUP BY source
  UNION ALL
  SELECT max(delivery) FROM vault.deliveries
  WHERE received_at <= $at AND outcome IN ('accepted', 'unchanged') GROUP BY source
  UNION ALL
  SELECT max(delivery) FROM vault.deliveries
  WHERE received_at <= $at AND outcome IN ('accepted', 'unchanged') AND NOT stale GROUP BY source
)
ORDER BY delivery

-- name: source_batches
-- Of each source the last batch, the newest stamp taken, and whether all its batches were replayed.
SELECT d.source, max(d.batch), max(d.stamp), COALESCE(bool_and(b.kind = 'replay'), true)
FROM vault.deliveries d LEFT JOIN vault.batches b ON b.batch = d.batch
WHERE d.received_at <= $at AND d.outcome IN ('accepted', 'unchanged') GROUP BY d.source

-- name: told
-- Of which columns and days each source told: one row for each run of its deliveries that had the same columns and left no
-- day between them, the earliest first. `missed`: up to when a delivery before the run would have told that was not taken.
WITH said AS (
  SELECT
    delivery, source, told_columns, told_alone,
    CASE WHEN told_columns IS NULL THEN DATE '0001-01-01' ELSE told_from END AS told_from,
    least(coalesce(stamp, received_at), received_at) AS said,
    least(coalesce(stamp, received_at), received_at, CAST(told_to + 1 AS TIMESTAMP) - INTERVAL '9' HOUR) AS until,
    outcome IN ('accepted', 'unchanged') AS taken
  FROM vault.deliveries
  WHERE received_at <= $at
),
in_turns AS (
  -- A delivery that was taken, with those before it that were not.
  SELECT
    *,
    coalesce(sum(CAST(taken AS INTEGER)) OVER (
      PARTITION BY source ORDER BY delivery ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS turn
  FROM said
),
with_missed AS (
  SELECT *, max(CASE WHEN NOT taken THEN until END) OVER (PARTITION BY source, turn) AS missed FROM in_turns
),
with_before AS (
  SELECT
    *,
    max(until) OVER (PARTITION BY source ORDER BY delivery ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM with_missed
  WHERE taken
),
begun AS (
  SELECT
    *,
    before IS NOT NULL AND (
      told_columns IS DISTINCT FROM lag(told_columns) OVER in_order
      OR (told_from IS NULL) <> (lag(told_from) OVER in_order IS NULL)
      OR until < before
      OR (told_from > DATE '0001-01-01'
        AND told_from > CAST(before + INTERVAL '9' HOUR - INTERVAL '1' MICROSECOND AS DATE) + 1)
      OR (told_from IS NULL AND missed IS NOT NULL)
    ) AS other
  FROM with_before
  WINDOW in_order AS (PARTITION BY source ORDER BY delivery)
),
runs AS (
  SELECT *, sum(CAST(other AS INTEGER)) OVER (PARTITION BY source ORDER BY delivery) AS run FROM begun
)
SELECT
  source, told_columns, min(told_from), bool_or(coalesce(told_alone, false)), max(until), max(said),
  CAST(arg_min(missed, delivery) + INTERVAL '9' HOUR AS DATE)
FROM runs
GROUP BY source, run, told_columns
ORDER BY min(delivery)

-- name: missed
-- Up to when deliveries of each source would have told that were not taken since it last spoke.
SELECT source, max(least(coalesce(stamp, received_at), received_at, CAST(told_to + 1 AS TIMESTAMP) - INTERVAL '9' HOUR))
FROM vault.deliveries AS missed
WHERE received_at <= $at AND outcome NOT IN ('accepted', 'unchanged')
  AND delivery > coalesce((
    SELECT max(delivery) FROM vault.deliveries AS taken
    WHERE taken.source = missed.source AND taken.received_at <= $at AND taken.outcome IN ('accepted', 'unchanged')
  ), 0)
GROUP BY source

-- name: faults
SELECT row_number, column_name, reason, other_row FROM vault.quarantine WHERE delivery = $delivery
ORDER BY row_number, column_name LIMIT $n OFFSET $skip

-- name: fault_counts
SELECT column_name, reason, rows FROM vault.fault_counts WHERE delivery = $delivery
ORDER BY rows DESC, column_name, reason LIMIT $n

-- name: merged_rows
SELECT row_number, other_row, contradicts FROM vault.merged_rows WHERE delivery = $delivery
ORDER BY NOT contradicts, row_number LIMIT $n

-- name: unread_cells
SELECT column_name, reason, cells, filled, row_numbers FROM vault.unread_cells WHERE delivery = $delivery
ORDER BY cells DESC, column_name, reason LIMIT $n

-- name: last_delivery
SELECT CAST(max(delivery) AS BIGINT) FROM vault.deliveries

-- name: tally
SELECT source, outcome, CAST(count(*) AS BIGINT), CAST(sum(rows) AS BIGINT), CAST(sum(quarantined) AS BIGINT)
FROM vault.deliveries GROUP BY source, outcome ORDER BY source, outcome

-- name: tally_of_faults
SELECT reason, CAST(sum(rows) AS BIGINT) FROM vault.fault_counts GROUP BY reason ORDER BY reason

-- name: add_batch
INSERT INTO vault.batches VALUES (
  $batch, $accepted_at, $kind, $source, $of_table, $mapping, $delivery, $opened, $closed, $identities
)

-- name: batches
SELECT batch, accepted_at, kind, source, of_table, mapping, delivery, opened, closed, identities
FROM vault.batches ORDER BY batch DESC LIMIT $n

-- name: batch_times
SELECT batch, accepted_at FROM vault.batches ORDER BY batch

-- name: add_run
INSERT INTO vault.runs VALUES ($run, $job, $scheduled_at, $started_at, NULL, NULL, 0, '')

-- name: end_run
UPDATE vault.runs SET ended_at = $ended_at, outcome = $outcome, rows = $rows, note = $note
WHERE run = $run AND ended_at IS NULL

-- name: same_run
SELECT count(*) FROM vault.runs WHERE job = $job AND scheduled_at = $scheduled_at

-- name: runs
SELECT run, job, scheduled_at, started_at, ended_at, outcome, rows, note
FROM vault.runs WHERE $job IS NULL OR job = $job ORDER BY run DESC LIMIT $n

-- name: open_runs
SELECT CAST(run AS BIGINT) FROM vault.runs WHERE ended_at IS NULL ORDER BY run

-- name: last_run
SELECT CAST(max(run) AS BIGINT) FROM vault.runs

-- name: run_events
SELECT count(*) + count(ended_at) FROM vault.runs

-- name: add_frame
INSERT INTO vault.frames VALUES ($frame, $board, $at, $batch, $definitions, $program, $digest, $figures)

-- name: last_frame
SELECT CAST(max(frame) AS BIGINT) FROM vault.frames

-- name: frame_digests
SELECT board, digest FROM vault.frames QUALIFY row_number() OVER (PARTITION BY board ORDER BY frame DESC) = 1

-- name: frame_at
SELECT board, shown_at, batch, definitions, program, figures FROM vault.frames
WHERE board = $board AND shown_at <= $at ORDER BY shown_at DESC, frame DESC LIMIT 1

-- name: first_frame
SELECT min(shown_at) FROM vault.frames WHERE board = $board

-- name: frame_days
-- Days begin at midnight in Japan.
SELECT min(shown_at) AS first_at, count(*) AS frames
FROM vault.frames
WHERE board = $board
GROUP BY CAST(shown_at + INTERVAL '9' HOUR AS DATE)
ORDER BY first_at

-- name: frame_times
SELECT shown_at FROM vault.frames WHERE board = $board AND shown_at BETWEEN $from AND $to ORDER BY shown_at

-- name: add_definition
INSERT INTO vault.definitions VALUES ($definition, $kind, $name, $hash, $known_at, $body)

-- name: last_definition
SELECT CAST(max(definition) AS BIGINT) FROM vault.definitions

-- name: definition_hash
SELECT hash FROM vault.definitions WHERE kind = $kind AND name = $name ORDER BY definition DESC LIMIT 1

-- name: definitions_at
SELECT kind, name, hash, known_at, body FROM vault.definitions WHERE known_at <= $at
QUALIFY row_number() OVER (PARTITION BY kind, name ORDER BY known_at DESC, definition DESC) = 1
ORDER BY kind, name

-- name: definition_at
SELECT kind, name, hash, known_at, body FROM vault.definitions
WHERE kind = $kind AND name = $name AND known_at <= $at ORDER BY known_at DESC, definition DESC LIMIT 1

-- name: add_note
INSERT INTO vault.notes VALUES ($note, $at, $kind, $body)

-- name: last_note
SELECT CAST(max(note) AS BIGINT) FROM vault.notes

-- name: notes
SELECT noted_at, kind, body FROM vault.notes WHERE kind = $kind ORDER BY note DESC LIMIT $n


-- name: since_held_back
-- Of each source of which rows were held back lately, the deliveries taken from the first such one on, the newest first.
WITH taken AS (
  SELECT source, delivery, name, rows, quarantined FROM vault.deliveries
  WHERE received_at <= $at AND received_at >= $since AND outcome IN ('accepted', 'unchanged')
),
held_back AS (
  SELECT source, min(delivery) AS delivery FROM taken WHERE quarantined > 0 GROUP BY source
)
SELECT taken.source, taken.delivery, taken.name, taken.rows, taken.quarantined
FROM taken JOIN held_back ON held_back.source = taken.source AND held_back.delivery <= taken.delivery
QUALIFY row_number() OVER (PARTITION BY taken.source ORDER BY taken.delivery DESC) <= 2000
ORDER BY taken.source, taken.delivery DESC

-- name: last_times
-- When the last deliveries of each source came that were taken and not stale.
SELECT source, received_at FROM vault.deliveries
WHERE received_at <= $at AND outcome IN ('accepted', 'unchanged') AND NOT stale
QUALIFY row_number() OVER (PARTITION BY source ORDER BY delivery DESC) <= 9
ORDER BY source, delivery

-- name: waiting
-- Deliveries held lately of which nothing more was heard, neither by their name nor by their bytes: nobody has decided on
-- them.
SELECT held.source, count(DISTINCT held.name) FROM vault.deliveries AS held
WHERE held.received_at <= $at AND held.received_at >= $since AND held.outcome = 'held' AND NOT EXISTS (
  SELECT 1 FROM vault.deliveries AS later
  WHERE later.source = held.source AND later.delivery > held.delivery
    AND (later.name = held.name OR later.digest = held.digest AND held.digest <> '')
    AND later.received_at <= $at AND later.outcome <> 'held'
)
GROUP BY held.source
ORDER BY held.source

-- name: frame_line
SELECT board, shown_at, batch, definitions, program, digest, figures FROM vault.frames WHERE frame = $n

-- name: definition_line
SELECT kind, name, hash, known_at, body FROM vault.definitions WHERE definition = $n

-- name: note_line
SELECT noted_at, kind, body FROM vault.notes WHERE note = $n

-- name: run_lines
SELECT run, job, scheduled_at, started_at, ended_at, outcome, rows, note FROM vault.runs ORDER BY run
