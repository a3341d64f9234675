-- title.ja: 確保病床を超える入院者の報告（使用率100%超）
-- title.en: Bed reports with more inpatients than secured beds
-- note: may be true (beds beyond those secured), or a capacity that is out of date; the occupancy is shown as it is
-- columns: facility_id 病院 ; reported_day 報告日 ; occupied 入院者 ; secured 確保病床
WITH reported AS (
  SELECT facility_id, disease, reported_day, occupied
  FROM bed_reports
  WHERE reported_at <= $as_of_at AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '14' DAY
  QUALIFY row_number() OVER (PARTITION BY facility_id, disease, reported_day ORDER BY reported_at DESC) = 1
),
beds AS (
  SELECT
    facility_id, disease, secured, from_day,
    lead(from_day) OVER (PARTITION BY facility_id, disease ORDER BY from_day) AS next_day
  FROM bed_capacity
)
SELECT reported.facility_id, reported.reported_day, reported.occupied, beds.secured
FROM reported
JOIN beds ON beds.facility_id = reported.facility_id AND beds.disease = reported.disease
  AND reported.reported_day >= beds.from_day AND (reported.reported_day < beds.next_day OR beds.next_day IS NULL)
WHERE reported.occupied > beds.secured
ORDER BY reported.facility_id, reported.reported_day
