-- Each hospital of the ward that has beds now or has reported: those beds, and its last report of the last three days, if any.
WITH reported AS (
  SELECT facility_id, occupied, reported_day
  FROM bed_reports
  WHERE disease = $disease
    AND reported_at <= $as_of_at
    AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '3' DAY
  QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY reported_at DESC) = 1
),
beds AS (
  SELECT
    facility_id, secured, ready, final_phase, from_day,
    lead(from_day) OVER (PARTITION BY facility_id ORDER BY from_day) AS next_day
  FROM bed_capacity
  WHERE disease = $disease
)
SELECT
  facilities.facility_id, beds.facility_id IS NOT NULL AS planned, beds.secured, beds.ready, beds.final_phase,
  reported.occupied, reported.reported_day
FROM facilities
LEFT JOIN beds ON beds.facility_id = facilities.facility_id
  AND beds.from_day <= $as_of_day AND (beds.next_day > $as_of_day OR beds.next_day IS NULL)
LEFT JOIN reported ON reported.facility_id = facilities.facility_id
WHERE facilities.in_ward AND coalesce(facilities.kind, 'hospital') = 'hospital'
  AND (beds.facility_id IS NOT NULL OR reported.facility_id IS NOT NULL)
