-- Hospitals that have beds now or have reported in the last three days, and of which the list of facilities does not say whether
-- they lie in the ward: how many, and what is said of them. They are in no sum of the ward's hospitals.
WITH present AS (
  SELECT facility_id FROM bed_capacity WHERE disease = $disease AND from_day <= $as_of_day
  UNION
  SELECT facility_id
  FROM bed_reports
  WHERE disease = $disease
    AND reported_at <= $as_of_at
    AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '3' DAY
)
SELECT
  count(*) AS hospitals,
  NULLIF(concat_ws(
    '、',
    string_agg('{' || present.facility_id || '}', '・' ORDER BY present.facility_id)
      FILTER (WHERE facilities.facility_id IS NOT NULL) || 'を除く（区内・区外不明）',
    string_agg('{' || present.facility_id || '}', '・' ORDER BY present.facility_id)
      FILTER (WHERE facilities.facility_id IS NULL) || 'を除く（施設一覧にない）'
  ), '') AS said
FROM present LEFT JOIN facilities ON facilities.facility_id = present.facility_id
WHERE facilities.facility_id IS NULL OR facilities.in_ward IS NULL AND coalesce(facilities.kind, 'hospital') = 'hospital'
