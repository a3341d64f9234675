-- title.ja: 累計受理数
-- title.en: Cases received so far
-- unit: persons
-- shape: series
-- group: cases
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: その日までに当所が受理した発生届の累計（受理日の分からない者は入らず、人数を別に示す）
-- source: cases
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: neither
-- columns: day 受理日 ; value 累計 ; reason 理由
-- days: 90
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day <= $to
  GROUP BY received_day
),
earlier AS (
  SELECT coalesce(sum(cases), 0) AS cases
  FROM counted
  WHERE day < $from
)
SELECT
  days.day,
  CASE
    WHEN recorded.first_day <= days.day
      THEN CAST(earlier.cases + sum(coalesce(counted.cases, 0)) OVER (ORDER BY days.day) AS BIGINT)
  END AS value,
  CASE WHEN coalesce(recorded.first_day > days.day, TRUE) THEN '記録なし' END AS reason
FROM asked_days AS days
CROSS JOIN earlier
CROSS JOIN recorded
LEFT JOIN counted ON counted.day = days.day
ORDER BY days.day
