-- title.ja: 重症者用病床使用率（区内病院）
-- title.en: Occupancy of beds for the severely ill, hospitals in the ward
-- unit: percent
-- shape: series
-- group: beds
-- measure: none
-- basis: 区内病院
-- date: 報告日（病院のその日の最終報告、なければ前2日までの報告）
-- numerator: 区内病院の重症者数（重症の基準ごとに別の系列）
-- denominator: 同じ病院の同じ日の重症者用確保病床数
-- source: bed_reports, bed_capacity, facilities
-- told_by: severe, severity_basis
-- parts_told_by: bed_capacity.secured_severe
-- counted_by: reported_day 報告日不明
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: day 日 ; value 重症者用病床使用率 ; occupied 重症者 ; secured_severe 重症者用確保病床 ; reported 報告病院 ; hospitals 病院 ;
--   reason 理由
-- by: tokyo ; national
-- days: 56

-- A day is divided over the hospitals that reported on it or in the two days before, and whose beds are known; the reason names the
-- others. A day without any such report is a gap.
WITH summed AS (
  SELECT
    day,
    sum(severe) FILTER (WHERE secured_severe IS NOT NULL AND severity_basis = $by) AS occupied,
    sum(secured_severe) FILTER (WHERE severe IS NOT NULL AND severity_basis = $by) AS beds,
    count(*) FILTER (WHERE secured_severe IS NOT NULL AND severe IS NOT NULL AND severity_basis = $by AND reported_then) AS reported,
    count(*) FILTER (WHERE secured_severe IS NOT NULL OR severe > 0) AS hospitals,
    count(*) FILTER (WHERE secured_severe IS NOT NULL AND (severe IS NULL OR severity_basis = $by)) AS judged,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (
      WHERE planned AND reported_then IS NOT NULL
        AND (severe IS NULL AND secured_severe IS NOT NULL OR severe IS NOT NULL AND severity_basis = $by AND secured_severe IS NULL)
    ) AS unread,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE reported_then IS NULL AND secured_severe IS NOT NULL) AS silent,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE NOT planned AND severe > 0 AND severity_basis = $by) AS unplanned,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE severe IS NOT NULL AND severity_basis <> $by AND (secured_severe IS NOT NULL OR severe > 0)) AS otherwise,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE severe IS NOT NULL AND severity_basis IS NULL AND (secured_severe IS NOT NULL OR severe > 0)) AS baseless
  FROM bed_days
  GROUP BY day
)
SELECT
  days.day,
  100.0 * CAST(summed.occupied AS DOUBLE) / NULLIF(CAST(summed.beds AS DOUBLE), 0.0) AS value,
  CAST(summed.occupied AS BIGINT) AS occupied,
  CAST(summed.beds AS BIGINT) AS secured_severe,
  CASE WHEN summed.judged > 0 OR strays.hospitals > 0 THEN coalesce(summed.reported, 0) END AS reported,
  CASE WHEN summed.judged > 0 OR strays.hospitals > 0 THEN coalesce(summed.hospitals, 0) + coalesce(strays.hospitals, 0) END AS hospitals,
  CASE
    WHEN coalesce(summed.judged, 0) = 0 AND summed.unread IS NULL AND strays.said IS NULL THEN 'この基準の報告なし'
    WHEN summed.beds = 0 THEN '病床数が0'
    WHEN summed.beds IS NULL AND summed.unread IS NULL AND strays.said IS NULL THEN '3日以内の報告なし'
    ELSE NULLIF(concat_ws(
      '、',
      summed.unread || 'を除く（読めない値か空欄）',
      summed.silent || 'を除く（3日以内の報告なし）',
      summed.unplanned || 'を除く（病床数の報告なし）',
      summed.otherwise || 'を除く（重症の基準が異なる）',
      summed.baseless || 'を除く（重症の基準が不明）',
      strays.said
    ), '')
  END AS reason
FROM asked_days AS days
LEFT JOIN summed ON summed.day = days.day
LEFT JOIN bed_strays AS strays ON strays.day = days.day
ORDER BY days.day
