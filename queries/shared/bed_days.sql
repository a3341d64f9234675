-- Each hospital of the ward on each day asked for on which it had beds: the beds of that day, and its last report of that day or of
-- the two days before, if any. So a day on which not all have reported is not a figure of those alone who have.
-- A report stands until the next one, for three days at most. A hospital that has reported and has no stated beds is there too: who
-- is left out of a sum is named. `reported_then` is null where nobody reported.
WITH reported AS (
  SELECT
    facility_id, reported_day AS day, occupied, occupied_secured, severe, severity_basis,
    lead(reported_day) OVER (PARTITION BY facility_id ORDER BY reported_day, reported_at NULLS FIRST) AS next_day
  FROM bed_reports
  WHERE disease = $disease AND reported_day BETWEEN CAST($from AS DATE) - 2 AND $to
),
carried AS (
  SELECT
    reported.facility_id, reported.day + later.days AS day, reported.occupied, reported.occupied_secured, reported.severe,
    reported.severity_basis, later.days = 0 AS reported_then
  FROM reported CROSS JOIN (VALUES (0), (1), (2)) AS later (days)
  WHERE reported.day + later.days < reported.next_day OR reported.next_day IS NULL
),
beds AS (
  SELECT
    facility_id, secured, ready, secured_severe, final_phase, from_day,
    lead(from_day) OVER (PARTITION BY facility_id ORDER BY from_day) AS next_day
  FROM bed_capacity
  WHERE disease = $disease
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE), CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
)
SELECT
  days.day,
  facilities.facility_id,
  beds.facility_id IS NOT NULL AS planned,
  beds.secured,
  beds.ready,
  beds.secured_severe,
  beds.final_phase,
  carried.occupied,
  carried.occupied_secured,
  carried.severe,
  carried.severity_basis,
  carried.reported_then
FROM days
CROSS JOIN facilities
LEFT JOIN beds ON beds.facility_id = facilities.facility_id
  AND days.day >= beds.from_day AND (days.day < beds.next_day OR beds.next_day IS NULL)
LEFT JOIN carried ON carried.facility_id = facilities.facility_id AND carried.day = days.day
WHERE facilities.in_ward AND coalesce(facilities.kind, 'hospital') = 'hospital'
  AND (beds.facility_id IS NOT NULL OR carried.facility_id IS NOT NULL)
