-- title.ja: 区内病院の病床使用率
-- title.en: Beds in use, hospitals in the ward
-- unit: percent
-- shape: value
-- measure: none
-- basis: 区内病院
-- date: 各病院の最終報告（3日以内）
-- numerator: 区内病院の入院者数（他自治体の患者を含む）
-- denominator: 報告のあった病院の確保病床数（即応病床数は並べて示す）
-- source: bed_reports, bed_capacity, facilities
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: value 確保病床使用率 ; occupied 入院者 ; secured 確保病床 ; ready 即応病床
WITH reported AS (
  SELECT facility_id, occupied
  FROM bed_reports
  WHERE disease = $disease
    AND reported_at <= $as_of_at
    AND reported_at > CAST($as_of_at AS TIMESTAMP) - INTERVAL '3' DAY
  QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY reported_at DESC) = 1
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
    sum(reported.occupied) AS occupied,
    sum(beds.secured) AS secured,
    sum(beds.ready) AS ready
  FROM reported
  JOIN facilities ON facilities.facility_id = reported.facility_id
    AND facilities.in_ward AND facilities.kind = 'hospital'
  JOIN beds ON beds.facility_id = reported.facility_id
    AND beds.from_day <= $as_of_day AND (beds.next_day > $as_of_day OR beds.next_day IS NULL)
  WHERE reported.occupied IS NOT NULL AND beds.secured IS NOT NULL
)
SELECT
  100.0 * CAST(occupied AS DOUBLE) / NULLIF(CAST(secured AS DOUBLE), 0.0) AS value,
  CAST(occupied AS BIGINT) AS occupied,
  CAST(secured AS BIGINT) AS secured,
  CAST(ready AS BIGINT) AS ready
FROM summed
