-- title.ja: 本日受理
-- title.en: Received today so far
-- unit: persons
-- shape: value
-- group: today
-- measure: none
-- basis: 受理
-- date: 受理日時（本日0時から現在まで、速報）
-- numerator: 本日0時から現在までに受理した発生届。比較は前週同曜日の同時刻までに受理し入力されていた数（平日と祝日・年末年始は比べない）
-- source: cases
-- told_without: entered_at
-- counted_by: received_day 受理日不明
-- lag_days: 0
-- missing: zero
-- high_is: bad
-- columns: value 本日受理 ; same_hour_last_week 前週同曜日 同時刻 ; yesterday 昨日 ; closed 昨日は確定 ; reason 理由

-- Yesterday is closed at 09:00 JST, which is 0:00 UTC of today: an own closing time is an own copy of this file.
-- Who came on a day at an unknown hour is of the whole day; where that leaves a comparison open there is none.
-- $like_day is the day a week earlier, or null when one of the two is a holiday and the other is not. Before the first day
-- on record nothing was counted, which is no zero.
SELECT
  CASE
    WHEN (SELECT first_day FROM recorded) <= $as_of_day
      THEN count(*) FILTER (WHERE received_day = $as_of_day AND coalesce(received_at <= $as_of_at, TRUE))
  END AS value,
  CASE
    WHEN (SELECT first_day FROM recorded) <= CAST($like_day AS DATE)
      AND count(*) FILTER (WHERE received_day = CAST($like_day AS DATE) AND received_at IS NULL AND entered_at IS NULL) = 0
      THEN count(*) FILTER (
        WHERE received_day = CAST($like_day AS DATE)
        AND coalesce(received_at, entered_at) <= CAST($as_of_at AS TIMESTAMP) - INTERVAL '7' DAY
        AND coalesce(entered_at, received_at) <= CAST($as_of_at AS TIMESTAMP) - INTERVAL '7' DAY
      )
  END AS same_hour_last_week,
  CASE
    WHEN (SELECT first_day FROM recorded) <= CAST($as_of_day AS DATE) - 1
      THEN count(*) FILTER (WHERE received_day = CAST($as_of_day AS DATE) - INTERVAL '1' DAY)
  END AS yesterday,
  CASE
    WHEN (SELECT first_day FROM recorded) <= CAST($as_of_day AS DATE) - 1
      THEN CAST($as_of_at AS TIMESTAMP) >= CAST(CAST($as_of_day AS DATE) AS TIMESTAMP)
  END AS closed,
  CASE
    WHEN coalesce((SELECT first_day FROM recorded) > $as_of_day, TRUE) THEN '記録なし'
    WHEN CAST($like_day AS DATE) IS NULL THEN '前週同時刻: 比較不可'
    WHEN (SELECT first_day FROM recorded) > CAST($as_of_day AS DATE) - 1 THEN '昨日・前週同時刻: 記録なし'
    WHEN (SELECT first_day FROM recorded) > CAST($like_day AS DATE) THEN '前週同時刻: 記録なし'
    WHEN count(*) FILTER (WHERE received_day = CAST($like_day AS DATE) AND received_at IS NULL AND entered_at IS NULL) > 0
      THEN '前週同時刻: 受理時刻不明の者あり'
  END AS reason
FROM cases
WHERE disease = $disease AND received_day BETWEEN CAST($as_of_day AS DATE) - INTERVAL '7' DAY AND $as_of_day
