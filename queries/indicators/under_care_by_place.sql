-- title.ja: 療養者数（場所別）
-- title.en: People under care, by place
-- unit: persons
-- shape: series
-- group: care
-- measure: none
-- basis: 管内
-- date: その日の24時（本日は現在）
-- numerator: 台帳でその時その場所にいる者（移管済で終了日時のない滞在を除く）。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- source: placements, cases
-- told_by: to_day
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; to_day 終了日時不明
-- counted_if: NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: day 日 ; hospital 入院 ; hotel 宿泊 ; home 自宅 ; facility 社会福祉施設等 ; undecided 療養先調整中 ; awaiting 入院調整中
-- days: 28

-- Whoever came counts from that day on, whoever left counts no more from that day on: a running sum, no day meets a stay.
WITH came AS (
  SELECT from_day AS day, place, count(*) AS change
  FROM person_stays AS stays
  WHERE disease = $disease AND from_day <= $to
    AND (to_day IS NULL OR to_day >= $from)
    AND NOT (stays.to_day IS NULL AND EXISTS (
      SELECT 1 FROM cases
      WHERE cases.case_id = stays.case_id AND cases.disease = $disease AND cases.jurisdiction = 'transferred_out'
    ))
  GROUP BY from_day, place
),
gone AS (
  SELECT to_day AS day, place, -count(*) AS change
  FROM person_stays AS stays
  WHERE disease = $disease AND to_day BETWEEN $from AND $to
  GROUP BY to_day, place
),
changes AS (
  SELECT day, place, change FROM came
  UNION ALL
  SELECT day, place, change FROM gone
),
daily AS (
  SELECT
    greatest(day, CAST($from AS DATE)) AS day,
    sum(change) FILTER (WHERE place = 'hospital') AS hospital,
    sum(change) FILTER (WHERE place = 'hotel') AS hotel,
    sum(change) FILTER (WHERE place = 'home') AS home,
    sum(change) FILTER (WHERE place = 'facility') AS facility,
    sum(change) FILTER (WHERE place = 'undecided') AS undecided,
    sum(change) FILTER (WHERE place = 'awaiting') AS awaiting
  FROM changes
  GROUP BY greatest(day, CAST($from AS DATE))
)
SELECT
  days.day,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(sum(coalesce(hospital, 0)) OVER (ORDER BY days.day) AS BIGINT) END AS hospital,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(sum(coalesce(hotel, 0)) OVER (ORDER BY days.day) AS BIGINT) END AS hotel,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(sum(coalesce(home, 0)) OVER (ORDER BY days.day) AS BIGINT) END AS home,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(sum(coalesce(facility, 0)) OVER (ORDER BY days.day) AS BIGINT) END AS facility,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(sum(coalesce(undecided, 0)) OVER (ORDER BY days.day) AS BIGINT) END AS undecided,
  CASE WHEN recorded_stays.first_day <= days.day THEN CAST(sum(coalesce(awaiting, 0)) OVER (ORDER BY days.day) AS BIGINT) END AS awaiting
FROM asked_days AS days
CROSS JOIN recorded_stays
LEFT JOIN daily ON daily.day = days.day
ORDER BY days.day
