-- title.ja: 確保病床使用率（区内病院）
-- title.en: Occupancy of secured beds, hospitals in the ward
-- unit: percent
-- shape: series
-- group: beds
-- measure: none
-- basis: 区内病院
-- date: 報告日（病院のその日の最終報告、なければ前2日までの報告）
-- numerator: 区内病院の入院者数（他自治体の患者を含む。2021年2月の療養状況調査の数え方）
-- denominator: 同じ病院の同じ日の確保病床数
-- source: bed_reports, bed_capacity, facilities
-- counted_by: reported_day 報告日不明
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: day 日 ; value 確保病床使用率 ; occupied 入院者 ; secured 確保病床 ; reported 報告病院 ; hospitals 病院 ;
--   reason 理由
-- days: 56

-- A day is divided over the hospitals that reported on it or in the two days before, and whose beds are known; the reason names the
-- others. A day without any such report is a gap.
WITH summed AS (
  SELECT
    day,
    sum(occupied) FILTER (WHERE secured IS NOT NULL) AS occupied,
    sum(secured) FILTER (WHERE occupied IS NOT NULL) AS beds,
    count(*) FILTER (WHERE occupied IS NOT NULL AND secured IS NOT NULL AND reported_then) AS reported,
    count(*) AS hospitals,
    count(*) FILTER (WHERE planned) AS stated,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE planned AND reported_then IS NOT NULL AND (occupied IS NULL OR secured IS NULL)) AS unread,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (WHERE reported_then IS NULL) AS silent,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (WHERE NOT planned) AS unplanned
  FROM bed_days
  GROUP BY day
)
SELECT
  days.day,
  100.0 * CAST(summed.occupied AS DOUBLE) / NULLIF(CAST(summed.beds AS DOUBLE), 0.0) AS value,
  CAST(summed.occupied AS BIGINT) AS occupied,
  CAST(summed.beds AS BIGINT) AS secured,
  CASE WHEN summed.stated > 0 OR strays.hospitals > 0 THEN coalesce(summed.reported, 0) END AS reported,
  CASE WHEN summed.stated > 0 OR strays.hospitals > 0 THEN coalesce(summed.hospitals, 0) + coalesce(strays.hospitals, 0) END AS hospitals,
  CASE
    WHEN coalesce(summed.stated, 0) = 0 AND strays.said IS NULL THEN '病床数の報告なし'
    WHEN summed.beds = 0 THEN '病床数が0'
    WHEN summed.beds IS NULL AND summed.unread IS NULL AND strays.said IS NULL THEN '3日以内の報告なし'
    ELSE NULLIF(concat_ws(
      '、',
      summed.unread || 'を除く（読めない値か空欄）',
      summed.silent || 'を除く（3日以内の報告なし）',
      summed.unplanned || 'を除く（病床数の報告なし）',
      strays.said
    ), '')
  END AS reason
FROM asked_days AS days
LEFT JOIN summed ON summed.day = days.day
LEFT JOIN bed_strays AS strays ON strays.day = days.day
ORDER BY days.day
