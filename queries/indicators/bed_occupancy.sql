-- title.ja: 確保病床使用率（区内病院）
-- title.en: Occupancy of secured beds, hospitals in the ward
-- unit: percent
-- shape: series
-- measure: none
-- basis: 区内病院
-- date: 報告日（病院のその日の最終報告）
-- numerator: 区内病院の入院者数（他自治体の患者を含む。2021年2月の療養状況調査の数え方）
-- denominator: 同じ病院の同じ日の確保病床数
-- source: bed_reports, bed_capacity, facilities
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: day 日 ; value 確保病床使用率 ; occupied 入院者 ; secured 確保病床
-- days: 56

-- A day is divided over the hospitals that reported on it; a day on which none did is a gap.
WITH reported AS (
  SELECT facility_id, reported_day AS day, occupied, occupied_secured, severe, severity_basis
  FROM bed_reports
  WHERE disease = $disease AND reported_day BETWEEN $from AND $to
  QUALIFY row_number() OVER (PARTITION BY facility_id, reported_day ORDER BY reported_at DESC) = 1
),
beds AS (
  SELECT
    facility_id, secured, ready, secured_severe, from_day,
    lead(from_day) OVER (PARTITION BY facility_id ORDER BY from_day) AS next_day
  FROM bed_capacity
  WHERE disease = $disease
),
summed AS (
  SELECT
    reported.day,
    sum(reported.occupied) AS occupied,
    sum(beds.secured) AS beds
  FROM reported
  JOIN facilities ON facilities.facility_id = reported.facility_id
    AND facilities.in_ward AND facilities.kind = 'hospital'
  JOIN beds ON beds.facility_id = reported.facility_id
    AND reported.day >= beds.from_day AND (reported.day < beds.next_day OR beds.next_day IS NULL)
  WHERE reported.occupied IS NOT NULL AND beds.secured IS NOT NULL
  GROUP BY reported.day
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE), CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
)
SELECT
  days.day,
  100.0 * CAST(summed.occupied AS DOUBLE) / NULLIF(CAST(summed.beds AS DOUBLE), 0.0) AS value,
  CAST(summed.occupied AS BIGINT) AS occupied,
  CAST(summed.beds AS BIGINT) AS secured
FROM days LEFT JOIN summed ON summed.day = days.day
ORDER BY days.day
