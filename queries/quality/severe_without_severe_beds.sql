-- title.ja: 重症者用病床のない、または分からない病院の重症者
-- title.en: Severe patients in hospitals without beds for the severely ill, or of which they are not known
-- note: they are in no occupancy of severe beds; the capacity may be out of date
-- columns: facility_id 病院 ; reported_day 報告日 ; severe 重症者 ; severity_basis 重症の基準
WITH reported AS (
  SELECT facility_id, disease, reported_day, severe, severity_basis
  FROM bed_reports
  WHERE reported_at <= $as_of_at AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '14' DAY
  QUALIFY row_number() OVER (PARTITION BY facility_id, disease, reported_day, severity_basis ORDER BY reported_at DESC) = 1
),
beds AS (
  SELECT
    facility_id, disease, secured_severe, from_day,
    lead(from_day) OVER (PARTITION BY facility_id, disease ORDER BY from_day) AS next_day
  FROM bed_capacity
)
SELECT reported.facility_id, reported.reported_day, reported.severe, reported.severity_basis
FROM reported
LEFT JOIN beds ON beds.facility_id = reported.facility_id AND beds.disease = reported.disease
  AND reported.reported_day >= beds.from_day AND (reported.reported_day < beds.next_day OR beds.next_day IS NULL)
WHERE reported.severe > 0 AND coalesce(beds.secured_severe, 0) = 0
ORDER BY reported.facility_id, reported.reported_day
