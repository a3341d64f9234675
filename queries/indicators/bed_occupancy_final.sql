-- title.ja: 最終フェーズの即応病床に対する使用率（区内病院）
-- title.en: Occupancy of beds planned for the final phase, hospitals in the ward
-- unit: percent
-- shape: series
-- group: beds
-- measure: none
-- basis: 区内病院
-- date: 報告日（病院のその日の最終報告、なければ前2日までの報告）
-- numerator: 区内病院の入院者数（他自治体の患者を含む）
-- denominator: 同じ病院の最終フェーズの即応病床数（計画上の最大。今日使える病床ではない）
-- source: bed_reports, bed_capacity, facilities
-- parts_told_by: bed_capacity.final_phase
-- counted_by: reported_day 報告日不明
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: day 日 ; value 最終フェーズ使用率 ; occupied 入院者 ; final_phase 最終フェーズ ; reported 報告病院 ; hospitals 病院 ;
--   reason 理由
-- days: 56

-- A day is divided over the hospitals that reported on it or in the two days before; a day without any such report is a gap.
WITH summed AS (
  SELECT
    day,
    sum(occupied) FILTER (WHERE occupied IS NOT NULL) AS occupied,
    sum(final_phase) FILTER (WHERE occupied IS NOT NULL) AS beds,
    count(*) FILTER (WHERE occupied IS NOT NULL AND reported_then) AS reported,
    count(*) AS hospitals
  FROM bed_days
  WHERE final_phase IS NOT NULL
  GROUP BY day
)
SELECT
  days.day,
  100.0 * CAST(summed.occupied AS DOUBLE) / NULLIF(CAST(summed.beds AS DOUBLE), 0.0) AS value,
  CAST(summed.occupied AS BIGINT) AS occupied,
  CAST(summed.beds AS BIGINT) AS final_phase,
  summed.reported,
  summed.hospitals,
  CASE
    WHEN coalesce(summed.hospitals, 0) = 0 THEN '病床数の報告なし'
    WHEN summed.beds IS NULL THEN '3日以内の報告なし'
    WHEN summed.beds = 0 THEN '病床数が0'
  END AS reason
FROM asked_days AS days LEFT JOIN summed ON summed.day = days.day
ORDER BY days.day
