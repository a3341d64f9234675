-- Hospitals that have beds or have reported, and of which the list of facilities does not say whether they lie in the ward: on
-- each day asked for how many, and what is said of them. A day has those whose beds are stated by then, and those that reported
-- on it or in the two days before. They are in no sum of the ward's hospitals.
WITH days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE), CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
stated AS (
  SELECT facility_id, min(from_day) AS from_day
  FROM bed_capacity
  WHERE disease = $disease
  GROUP BY facility_id
),
present AS (
  SELECT days.day, stated.facility_id
  FROM days JOIN stated ON days.day >= stated.from_day
  UNION
  SELECT days.day, bed_reports.facility_id
  FROM days JOIN bed_reports ON days.day >= bed_reports.reported_day AND days.day <= bed_reports.reported_day + 2
  WHERE bed_reports.disease = $disease AND bed_reports.reported_day BETWEEN CAST($from AS DATE) - 2 AND $to
)
SELECT
  present.day,
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
GROUP BY present.day
