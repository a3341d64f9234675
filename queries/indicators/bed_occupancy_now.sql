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
-- columns: value 確保病床使用率 ; occupied 入院者 ; secured 確保病床 ; ready 即応病床 ; reported 報告病院 ; hospitals 病院 ;
--   reported_from 最も古い報告日 ; reported_to 最も新しい報告日 ; reason 理由

-- Who has not reported, or whose figures can't be told, is in neither sum; the reason names them.
WITH summed AS (
  SELECT
    sum(occupied) FILTER (WHERE secured IS NOT NULL) AS occupied,
    sum(secured) FILTER (WHERE occupied IS NOT NULL) AS beds,
    sum(ready) FILTER (WHERE occupied IS NOT NULL AND secured IS NOT NULL) AS ready,
    count(*) FILTER (WHERE occupied IS NOT NULL AND secured IS NOT NULL) AS reported,
    min(reported_day) FILTER (WHERE occupied IS NOT NULL AND secured IS NOT NULL) AS reported_from,
    max(reported_day) FILTER (WHERE occupied IS NOT NULL AND secured IS NOT NULL) AS reported_to,
    count(*) AS hospitals,
    count(*) FILTER (WHERE planned) AS stated,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id)
      FILTER (WHERE planned AND reported_day IS NOT NULL AND (occupied IS NULL OR secured IS NULL)) AS unread,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (WHERE reported_day IS NULL) AS silent,
    string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) FILTER (WHERE NOT planned) AS unplanned
  FROM beds_now
)
SELECT
  100.0 * CAST(occupied AS DOUBLE) / NULLIF(CAST(beds AS DOUBLE), 0.0) AS value,
  CAST(occupied AS BIGINT) AS occupied,
  CAST(beds AS BIGINT) AS secured,
  CAST(ready AS BIGINT) AS ready,
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
