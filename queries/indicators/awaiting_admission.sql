-- title.ja: 入院調整中
-- title.en: Waiting for a hospital bed
-- unit: persons
-- shape: value
-- group: today
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 入院が必要で、病床が決まっていない者（療養先調整中は別）。待ち時間は入院調整の開始から。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements, cases
-- told_by: to_at
-- parts_told_by: urgency: emergency, today, standby
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; urgency 緊急度不明 ; to_day 終了日時不明
-- counted_if: (place = 'awaiting' OR place IS NULL) AND NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない。緊急度不明の者は内訳に入らない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted; who is of unknown urgency is in no part
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: value 入院調整中 ; emergency 緊急 ; today 当日 ; standby 待機 ; longest_wait_hours 最長 ; reason 理由
WITH staying AS (
  SELECT case_id, urgency, began_at, to_day
  FROM person_stays AS stays
  WHERE disease = $disease
    AND coalesce(from_at <= $as_of_at, from_day <= $as_of_day)
    AND coalesce(to_at > $as_of_at, to_day > $as_of_day, TRUE)
    AND place = 'awaiting'
),
counted AS (
  SELECT
    count(*) AS value,
    count(*) FILTER (WHERE urgency = 'emergency') AS emergency,
    count(*) FILTER (WHERE urgency = 'today') AS today,
    count(*) FILTER (WHERE urgency = 'standby') AS standby,
    round(
      (date_part('epoch', CAST($as_of_at AS TIMESTAMP)) - date_part('epoch', min(began_at))) / 3600.0, 1
    ) AS longest_wait_hours
  FROM staying
  WHERE NOT (staying.to_day IS NULL AND EXISTS (
      SELECT 1 FROM cases
      WHERE cases.case_id = staying.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
    ))
)
SELECT
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.value END AS value,
  CASE
    WHEN recorded_stays.first_day <= $as_of_day
      AND (counted.value = 0 OR counted.emergency + counted.today + counted.standby > 0) THEN counted.emergency
  END AS emergency,
  CASE
    WHEN recorded_stays.first_day <= $as_of_day
      AND (counted.value = 0 OR counted.emergency + counted.today + counted.standby > 0) THEN counted.today
  END AS today,
  CASE
    WHEN recorded_stays.first_day <= $as_of_day
      AND (counted.value = 0 OR counted.emergency + counted.today + counted.standby > 0) THEN counted.standby
  END AS standby,
  counted.longest_wait_hours,
  CASE
    WHEN coalesce(recorded_stays.first_day > $as_of_day, TRUE) THEN '記録なし'
    WHEN counted.value = 0 THEN '最長: 調整中の者なし'
    WHEN counted.longest_wait_hours IS NULL THEN '最長: 開始日時不明'
  END AS reason
FROM counted CROSS JOIN recorded_stays
