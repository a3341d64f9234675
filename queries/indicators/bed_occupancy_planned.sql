-- title.ja: 最大確保病床使用率（区内病院）
-- title.en: Occupancy of the planned maximum of beds, hospitals in the ward
-- unit: percent
-- shape: value
-- group: beds
-- measure: none
-- basis: 区内病院
-- date: 各病院の最終報告（3日以内）
-- numerator: 区内病院の入院者数（他自治体の患者を含む）
-- denominator: 報告のあった病院の最終フェーズの計画数（今日使える病床ではない）
-- source: bed_reports, bed_capacity, facilities
-- parts_told_by: bed_capacity.final_phase
-- counted_by: reported_day 報告日不明
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- columns: value 最大確保病床使用率 ; occupied 入院者 ; planned 最終フェーズ ; reported 報告病院 ; hospitals 病院 ; reason 理由
WITH summed AS (
  SELECT
    sum(occupied) AS occupied,
    sum(final_phase) FILTER (WHERE occupied IS NOT NULL) AS planned,
    count(*) FILTER (WHERE occupied IS NOT NULL) AS reported,
    count(*) AS hospitals
  FROM beds_now
  WHERE final_phase IS NOT NULL
)
SELECT
  100.0 * CAST(occupied AS DOUBLE) / NULLIF(CAST(planned AS DOUBLE), 0.0) AS value,
  CAST(occupied AS BIGINT) AS occupied,
  CAST(planned AS BIGINT) AS planned,
  CASE WHEN hospitals > 0 THEN reported END AS reported,
  NULLIF(hospitals, 0) AS hospitals,
  CASE
    WHEN hospitals = 0 THEN '病床数の報告なし'
    WHEN reported = 0 THEN '3日以内の報告なし'
    WHEN planned = 0 THEN '病床数が0'
  END AS reason
FROM summed
