-- title.ja: 区内病院の病床使用率
-- title.en: Beds in use, hospitals in the ward
-- unit: percent
-- shape: value
-- group: beds
-- measure: none
-- basis: 区内病院
-- date: 各病院の最終報告（3日以内）
-- numerator: 区内病院の入院者数（他自治体の患者を含む）
-- denominator: 報告のあった病院の確保病床数（即応病床数は並べて示す）
-- source: bed_reports, bed_capacity, facilities
-- counted_by: reported_day 報告日不明
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: value 確保病床使用率 ; occupied 入院者 ; secured 確保病床 ; ready 即応病床 ; reported 報告病院 ; hospitals 病院 ; reason 理由
WITH summed AS (
  SELECT
    sum(occupied) AS occupied,
    sum(secured) FILTER (WHERE occupied IS NOT NULL) AS secured,
    sum(ready) FILTER (WHERE occupied IS NOT NULL) AS ready,
    count(*) FILTER (WHERE occupied IS NOT NULL) AS reported,
    count(*) AS hospitals
  FROM beds_now
  WHERE secured IS NOT NULL
)
SELECT
  100.0 * CAST(occupied AS DOUBLE) / NULLIF(CAST(secured AS DOUBLE), 0.0) AS value,
  CAST(occupied AS BIGINT) AS occupied,
  CAST(secured AS BIGINT) AS secured,
  CAST(ready AS BIGINT) AS ready,
  CASE WHEN hospitals > 0 THEN reported END AS reported,
  NULLIF(hospitals, 0) AS hospitals,
  CASE
    WHEN hospitals = 0 THEN '病床数の報告なし'
    WHEN reported = 0 THEN '3日以内の報告なし'
    WHEN secured = 0 THEN '病床数が0'
  END AS reason
FROM summed
