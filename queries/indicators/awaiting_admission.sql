-- title.ja: 入院調整中
-- title.en: Waiting for a hospital bed
-- unit: persons
-- shape: value
-- group: today
-- measure: none
-- basis: 管内
-- date: 現在
-- numerator: 入院が必要で、病床が決まっていない者（療養先調整中は別）。待ち時間は入院調整の開始から
-- source: placements, cases
-- told_by: to_at
-- parts_told_by: urgency: emergency, today, standby
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; to_day 終了日時不明
-- counted_if: to_day IS NULL AND place = 'awaiting'
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: value 入院調整中 ; emergency 緊急 ; today 当日 ; standby 待機 ; longest_wait_hours 最長 ; reason 理由
WITH staying AS (
  SELECT case_id, urgency, from_at, to_at
  FROM placements
  WHERE disease = $disease
    AND from_at <= $as_of_at
    AND (to_at IS NULL OR to_at > $as_of_at)
    AND place = 'awaiting'
),
counted AS (
  SELECT
    count(*) AS value,
    count(*) FILTER (WHERE urgency = 'emergency') AS emergency,
    count(*) FILTER (WHERE urgency = 'today') AS today,
    count(*) FILTER (WHERE urgency = 'standby') AS standby,
    round(
      (date_part('epoch', CAST($as_of_at AS TIMESTAMP)) - date_part('epoch', min(from_at))) / 3600.0, 1
    ) AS longest_wait_hours
  FROM staying
  WHERE NOT (staying.to_at IS NULL AND EXISTS (
      SELECT 1 FROM cases
      WHERE cases.case_id = staying.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
    ))
)
SELECT
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.value END AS value,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.emergency END AS emergency,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.today END AS today,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.standby END AS standby,
  counted.longest_wait_hours,
  CASE
    WHEN coalesce(recorded_stays.first_day > $as_of_day, TRUE) THEN '記録なし'
    WHEN counted.value = 0 THEN '最長: 調整中の者なし'
    WHEN counted.longest_wait_hours IS NULL THEN '最長: 開始日時不明'
  END AS reason
FROM counted CROSS JOIN recorded_stays
