-- title.ja: 入院患者の見通し（21日）
-- title.en: Projection of inpatients, 21 days
-- unit: persons
-- shape: series
-- group: beds
-- measure: beds_ahead(days=21)
-- basis: 管内
-- date: 午前0時現在（その日が終わる時点）
-- numerator: 区内病院に入院する管内患者（午前0時）。入院は報告遅れを補って傾向を延ばし、在院日数の分布で退院を見込む。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- denominator: 当所の患者が使用できる確保病床（確保病床から他自治体の患者を除いたもの。直近3日以内の病院の報告。先の日も同じと仮定）
-- source: placements, cases, facilities, bed_reports, bed_capacity
-- told_by: to_day
-- parts_told_by: in_ward | facilities.in_ward
-- told_without: cases.jurisdiction, facility_id
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; in_ward|facilities.in_ward 区内・区外不明 ; to_day 終了日時不明
-- counted_if: (place = 'hospital' OR place IS NULL) AND NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所や区内・区外が不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted; stays in a hospital not known to be in or outside the ward are not counted
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- columns: day 日 ; value 中央値 ; lower50 50%下限 ; upper50 50%上限 ; lower80 80%下限 ; upper80 80%上限 ;
--   lower 95%下限 ; upper 95%上限 ; limit @usable_beds ; reason 理由

-- Stays as they are known now (known_day null), and what became known of stays on which day. The beds that are not ours
-- are those of the hospitals' last reports less our own patients.
WITH ages AS (
  SELECT
    case_id,
    CASE
      WHEN max(age_decade) < 40 THEN '40歳未満'
      WHEN max(age_decade) < 70 THEN '40–69歳'
      WHEN max(age_decade) >= 70 THEN '70歳以上'
    END AS band,
    bool_or(jurisdiction = 'transferred_out') AS gone
  FROM cases
  WHERE disease = $disease
  GROUP BY case_id
),
now AS (
  SELECT ages.band, stays.from_day, stays.to_day, count(*) AS stays
  FROM person_stays AS stays
  LEFT JOIN ages ON ages.case_id = stays.case_id
  LEFT JOIN facilities ON facilities.facility_id = stays.facility_id
  WHERE stays.disease = $disease AND stays.place = 'hospital'
    AND coalesce(stays.in_ward, facilities.in_ward)
    AND stays.from_day <= $as_of_day
    AND (stays.to_day IS NULL OR stays.to_day > CAST($as_of_day AS DATE) - INTERVAL '300' DAY)
    AND NOT (stays.to_day IS NULL AND coalesce(ages.gone, FALSE))
  GROUP BY ages.band, stays.from_day, stays.to_day
),
told AS (
  SELECT ages.band, changes.from_day, changes.to_day, changes.known_day, sum(changes.delta) AS stays
  FROM placements_changes AS changes
  LEFT JOIN ages ON ages.case_id = changes.case_id
  LEFT JOIN facilities ON facilities.facility_id = changes.facility_id
  WHERE changes.disease = $disease AND changes.place = 'hospital'
    AND coalesce(changes.in_ward, facilities.in_ward)
    AND changes.known_day > CAST($as_of_day AS DATE) - INTERVAL '240' DAY
    AND NOT (changes.to_day IS NULL AND coalesce(ages.gone, FALSE))
  GROUP BY ages.band, changes.from_day, changes.to_day, changes.known_day
  HAVING sum(changes.delta) <> 0
),
reported AS (
  SELECT facility_id, occupied
  FROM bed_reports
  WHERE disease = $disease
    AND reported_day BETWEEN CAST($as_of_day AS DATE) - INTERVAL '3' DAY AND $as_of_day
  QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY reported_at DESC) = 1
),
capacity AS (
  SELECT
    facility_id, secured, from_day,
    lead(from_day) OVER (PARTITION BY facility_id ORDER BY from_day) AS next_day
  FROM bed_capacity
  WHERE disease = $disease
),
-- Each hospital that has beds or has reported, but those known to lie outside; who is in neither sum is named.
hospitals AS (
  SELECT
    coalesce(reported.facility_id, capacity.facility_id) AS facility_id,
    CASE
      WHEN facilities.facility_id IS NULL THEN '施設一覧にない'
      WHEN facilities.in_ward IS NULL THEN '区内・区外不明'
      WHEN reported.facility_id IS NULL THEN '3日以内の報告なし'
      WHEN capacity.facility_id IS NULL THEN '病床数の報告なし'
      WHEN reported.occupied IS NULL OR capacity.secured IS NULL THEN '読めない値か空欄'
    END AS lacks,
    reported.occupied,
    capacity.secured
  FROM reported
  FULL JOIN (
    SELECT facility_id, secured
    FROM capacity
    WHERE from_day <= $as_of_day AND (next_day > $as_of_day OR next_day IS NULL)
  ) AS capacity ON capacity.facility_id = reported.facility_id
  LEFT JOIN facilities ON facilities.facility_id = coalesce(reported.facility_id, capacity.facility_id)
  WHERE coalesce(facilities.in_ward, TRUE) AND coalesce(facilities.kind, 'hospital') = 'hospital'
),
beds AS (
  SELECT
    sum(secured) FILTER (WHERE lacks IS NULL) AS secured,
    sum(occupied) FILTER (WHERE lacks IS NULL) AS occupied
  FROM hospitals
),
lacking AS (
  SELECT string_agg(hospitals || 'を除く（' || lacks || '）', '、' ORDER BY lacks) AS left_out
  FROM (
    SELECT lacks, string_agg('{' || facility_id || '}', '・' ORDER BY facility_id) AS hospitals
    FROM hospitals
    WHERE lacks IS NOT NULL
    GROUP BY lacks
  ) AS by_lack
),
ours AS (
  SELECT coalesce(sum(stays) FILTER (WHERE to_day IS NULL OR to_day > $as_of_day), 0) AS stays FROM now
),
left_over AS (
  SELECT
    CAST(beds.secured AS DOUBLE) AS secured,
    CAST(greatest(beds.occupied - ours.stays, 0) AS DOUBLE) AS others
  FROM beds CROSS JOIN ours
),
stated AS (
  SELECT band, from_day, to_day, CAST(NULL AS DATE) AS known_day, stays FROM now
  UNION ALL
  SELECT band, from_day, to_day, known_day, stays FROM told
)
SELECT
  stated.band, stated.from_day, stated.to_day, stated.known_day, CAST(stated.stays AS BIGINT) AS stays,
  left_over.secured, left_over.others, lacking.left_out
FROM stated CROSS JOIN left_over CROSS JOIN lacking
ORDER BY stated.known_day NULLS FIRST, stated.band NULLS LAST, stated.from_day, stated.to_day NULLS LAST
