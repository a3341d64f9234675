-- Stays of those of whom two or more overlap, cut so that they don't: at each moment the stay that began last counts, of those that
-- began together the one with the higher number. So a person is in one place at a time, and whoever any stay says is there is
-- there. `began_at` is when the whole stay began; from `overlap_from` to `overlap_to` another stay of the person says otherwise.
-- A day begins at 15:00 UTC of the day before.
WITH told AS (
  SELECT
    source, disease, case_id, stay, place, facility_id, in_ward, urgency, severity, severity_basis, from_at, from_day, to_day,
    coalesce(from_at, CAST(from_day AS TIMESTAMP) - INTERVAL '9' HOUR) AS begins,
    coalesce(to_at, CAST(to_day AS TIMESTAMP) - INTERVAL '9' HOUR) AS ends
  FROM placements
  WHERE from_day IS NOT NULL AND case_id IN (
    SELECT case_id FROM placements WHERE case_id IS NOT NULL GROUP BY case_id HAVING count(*) > 1
  )
),
ordered AS (
  SELECT
    disease, case_id, begins,
    max(coalesce(ends, TIMESTAMP '2200-01-01 00:00:00')) OVER (
      PARTITION BY disease, case_id ORDER BY begins, stay, source ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS earlier_ends
  FROM told
  WHERE ends IS NULL OR ends > begins
),
persons AS (
  SELECT disease, case_id FROM ordered WHERE earlier_ends > begins GROUP BY disease, case_id
),
own AS (
  SELECT
    told.source, told.disease, told.case_id, told.stay, told.place, told.facility_id, told.in_ward, told.urgency, told.severity,
    told.severity_basis, told.from_at, told.from_day, told.to_day, told.begins, told.ends
  FROM told JOIN persons ON persons.disease = told.disease AND persons.case_id = told.case_id
  WHERE told.ends IS NULL OR told.ends > told.begins
),
points AS (
  SELECT disease, case_id, begins AS moment, from_day AS day FROM own
  UNION
  SELECT disease, case_id, ends AS moment, to_day AS day FROM own WHERE ends IS NOT NULL
),
moments AS (
  SELECT
    disease, case_id, moment, day,
    lead(moment) OVER (PARTITION BY disease, case_id ORDER BY moment) AS next_moment,
    lead(day) OVER (PARTITION BY disease, case_id ORDER BY moment) AS next_day
  FROM points
),
there AS (
  SELECT
    own.source, own.disease, own.case_id, own.stay, own.place, own.facility_id, own.in_ward, own.urgency, own.severity,
    own.severity_basis, own.from_at, own.begins, moments.moment, moments.day, moments.next_moment, moments.next_day,
    count(*) OVER (PARTITION BY own.disease, own.case_id, moments.moment) AS stays,
    row_number() OVER (
      PARTITION BY own.disease, own.case_id, moments.moment ORDER BY own.begins DESC, own.stay DESC, own.source DESC
    ) AS rank
  FROM moments JOIN own ON own.disease = moments.disease AND own.case_id = moments.case_id
    AND own.begins <= moments.moment AND (own.ends IS NULL OR own.ends > moments.moment)
),
-- Pieces of one stay that follow each other are one.
pieces AS (
  SELECT
    source, disease, case_id, stay, place, facility_id, in_ward, urgency, severity, severity_basis, from_at, begins,
    moment, day, next_moment, next_day, stays,
    row_number() OVER (PARTITION BY disease, case_id ORDER BY moment)
      - row_number() OVER (PARTITION BY disease, case_id, source, stay ORDER BY moment) AS run
  FROM there
  WHERE rank = 1
)
SELECT
  source, disease, case_id, stay, place, facility_id, in_ward, urgency, severity, severity_basis,
  from_at AS began_at,
  CASE WHEN min(moment) = begins THEN from_at ELSE min(moment) END AS from_at,
  min(day) AS from_day,
  CASE WHEN count(next_moment) = count(*) THEN max(next_moment) END AS to_at,
  CASE WHEN count(next_moment) = count(*) THEN max(next_day) END AS to_day,
  min(moment) FILTER (WHERE stays > 1) AS overlap_from,
  CASE WHEN count(next_moment) FILTER (WHERE stays > 1) = count(*) FILTER (WHERE stays > 1)
    THEN max(next_moment) FILTER (WHERE stays > 1) END AS overlap_to
FROM pieces
GROUP BY
  source, disease, case_id, stay, place, facility_id, in_ward, urgency, severity, severity_basis, pieces.from_at, begins, run
ORDER BY disease, case_id, min(moment), stay, source
