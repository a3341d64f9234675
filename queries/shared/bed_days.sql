-- Each hospital of the ward on each day asked for on which it had beds: the beds of that day, and its last report of that day or of
-- the two days before, if any. So a day on which not all have reported is not a figure of those alone who have.
WITH reported AS (
  SELECT facility_id, reported_day AS day, occupied, occupied_secured, severe, severity_basis
  FROM bed_reports
  WHERE disease = $disease AND reported_day BETWEEN CAST($from AS DATE) - 2 AND $to
  QUALIFY row_number() OVER (PARTITION BY facility_id, reported_day ORDER BY reported_at DESC) = 1
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
  beds.facility_id,
  beds.secured,
  beds.ready,
  beds.secured_severe,
  beds.final_phase,
  reported.occupied,
  reported.occupied_secured,
  reported.severe,
  reported.severity_basis,
  reported.day = days.day AS reported_then
FROM days
JOIN beds ON days.day >= beds.from_day AND (days.day < beds.next_day OR beds.next_day IS NULL)
JOIN facilities ON facilities.facility_id = beds.facility_id AND facilities.in_ward AND facilities.kind = 'hospital'
LEFT JOIN reported ON reported.facility_id = beds.facility_id AND reported.day BETWEEN days.day - 2 AND days.day
QUALIFY row_number() OVER (PARTITION BY days.day, beds.facility_id ORDER BY reported.day DESC NULLS LAST) = 1
