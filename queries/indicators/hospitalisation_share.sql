-- title.ja: 入院率
-- title.en: Share of those under care who are in hospital
-- unit: percent
-- shape: value
-- group: care
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 療養中の者のうち入院している者。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- denominator: 療養中の者（入院+宿泊療養+自宅療養+社会福祉施設等+療養先調整中+入院調整中、移管済を除く）
-- source: placements, cases
-- told_by: to_at
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; to_day 終了日時不明
-- counted_if: NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted
-- lag_days: 0
-- missing: gap
-- high_is: good
-- columns: value 入院率 ; hospital 入院 ; under_care 療養中 ; reason 理由
WITH staying AS (
  SELECT case_id, place, to_day
  FROM person_stays AS stays
  WHERE disease = $disease
    AND place IN ('hospital', 'hotel', 'home', 'facility', 'undecided', 'awaiting')
    AND coalesce(from_at <= $as_of_at, from_day <= $as_of_day)
    AND coalesce(to_at > $as_of_at, to_day > $as_of_day, TRUE)
),
counted AS (
  SELECT count(*) AS under_care, count(*) FILTER (WHERE place = 'hospital') AS hospital
  FROM staying
  WHERE NOT (staying.to_day IS NULL AND EXISTS (
    SELECT 1 FROM cases
    WHERE cases.case_id = staying.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
  ))
)
SELECT
  100.0 * CAST(hospital AS DOUBLE) / NULLIF(CAST(under_care AS DOUBLE), 0.0) AS value,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN hospital END AS hospital,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN under_care END AS under_care,
  CASE
    WHEN coalesce(recorded_stays.first_day > $as_of_day, TRUE) THEN '記録なし'
    WHEN under_care = 0 THEN '療養者なし'
  END AS reason
FROM counted CROSS JOIN recorded_stays
