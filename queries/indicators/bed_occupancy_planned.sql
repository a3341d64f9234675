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
-- columns: value 最大確保病床使用率 ; occupied 入院者 ; planned 最終フェーズ ; reported 報告病院 ; hospitals 病院 ;
--   reported_from 最も古い報告日 ; reported_to 最も新しい報告日 ; reason 理由

-- Who has not reported, or whose figures can't be told, is in neither sum; the reason names them.
WITH summed AS (
  SELECT
    sum(occupied) FILTER (WHERE final_phase IS NOT NULL) AS occupied,
    sum(final_phase) FILTER (WHERE occupied IS NOT NULL) AS beds,
    count(*) FILTER (WHERE occupied IS NOT NULL AND final_phase IS NOT NULL) AS reported,
    min(reported_day) FILTER (WHERE occupied IS NOT NULL AND final_phase IS NOT NULL) AS reported_from,
    max(reported_day) FILTER (WHERE occupied IS NOT NULL AND final_phase IS NOT NULL) AS reported_to,
    count(*) AS hospitals,
    count(final_phase) AS stated,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE planned AND reported_day IS NOT NULL AND (occupied IS NULL OR final_phase IS NULL)) AS unread,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (WHERE reported_day IS NULL) AS silent,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (WHERE NOT planned) AS unplanned
  FROM beds_now
)
SELECT
  100.0 * CAST(occupied AS DOUBLE) / NULLIF(CAST(beds AS DOUBLE), 0.0) AS value,
  CAST(occupied AS BIGINT) AS occupied,
  CAST(beds AS BIGINT) AS planned,
  CASE WHEN summed.stated > 0 OR strays.hospitals > 0 THEN summed.reported END AS reported,
  CASE WHEN summed.stated > 0 OR strays.hospitals > 0 THEN summed.hospitals + strays.hospitals END AS hospitals,
  reported_from,
  reported_to,
  CASE
    WHEN stated = 0 AND strays.said IS NULL THEN '病床数の報告なし'
    WHEN beds = 0 THEN '病床数が0'
    WHEN beds IS NULL AND unread IS NULL AND strays.said IS NULL THEN '3日以内の報告なし'
    ELSE NULLIF(concat_ws(
      '、',
      unread || 'を除く（読めない値か空欄）',
      silent || 'を除く（3日以内の報告なし）',
      unplanned || 'を除く（病床数の報告なし）',
      strays.said
    ), '')
  END AS reason
FROM summed CROSS JOIN beds_now_strays AS strays
