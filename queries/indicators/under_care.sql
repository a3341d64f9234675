-- title.ja: 療養中
-- title.en: People under care
-- unit: persons
-- shape: value
-- group: care
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 入院+宿泊療養+自宅療養+社会福祉施設等+療養先調整中+入院調整中（台帳で今いる場所のある者。移管済を除く）。疑似症は再掲。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements, cases
-- told_by: to_at
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; to_day 終了日時不明
-- counted_if: NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: value 療養中 ; hospital 入院 ; hotel 宿泊 ; home 自宅 ; facility 社会福祉施設等 ; undecided 療養先調整中 ; awaiting 入院調整中 ; suspected （再掲）疑似症 ;
--   reason 理由
WITH staying AS (
  SELECT case_id, place, to_day
  FROM person_stays AS stays
  WHERE disease = $disease
    AND place IN ('hospital', 'hotel', 'home', 'facility', 'undecided', 'awaiting')
    AND coalesce(from_at <= $as_of_at, from_day <= $as_of_day)
    AND coalesce(to_at > $as_of_at, to_day > $as_of_day, TRUE)
),
notified AS (
  SELECT
    case_id,
    bool_or(class = 'suspected') AS suspected,
    bool_or(jurisdiction = 'transferred_out') AS gone
  FROM cases
  WHERE disease = $disease AND case_id IN (SELECT case_id FROM staying)
  GROUP BY case_id
),
counted AS (
  SELECT
    count(*) AS value,
    count(*) FILTER (WHERE place = 'hospital') AS hospital,
    count(*) FILTER (WHERE place = 'hotel') AS hotel,
    count(*) FILTER (WHERE place = 'home') AS home,
    count(*) FILTER (WHERE place = 'facility') AS facility,
    count(*) FILTER (WHERE place = 'undecided') AS undecided,
    count(*) FILTER (WHERE place = 'awaiting') AS awaiting,
    count(*) FILTER (WHERE coalesce(notified.suspected, FALSE)) AS suspected
  FROM staying LEFT JOIN notified ON notified.case_id = staying.case_id
  WHERE NOT (staying.to_day IS NULL AND coalesce(notified.gone, FALSE))
)
SELECT
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.value END AS value,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.hospital END AS hospital,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.hotel END AS hotel,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.home END AS home,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.facility END AS facility,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.undecided END AS undecided,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.awaiting END AS awaiting,
  CASE
    WHEN recorded_stays.first_day <= $as_of_day AND recorded.first_day <= $as_of_day THEN counted.suspected
  END AS suspected,
  CASE
    WHEN coalesce(recorded_stays.first_day > $as_of_day, TRUE) THEN '記録なし'
    WHEN coalesce(recorded.first_day > $as_of_day, TRUE) THEN '疑似症: 届出の記録なし'
  END AS reason
FROM counted CROSS JOIN recorded_stays CROSS JOIN recorded
