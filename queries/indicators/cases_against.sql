-- title.ja: 新規受理数（前年同期との比較）
-- title.en: New cases by period against another
-- unit: persons
-- shape: table
-- group: cases
-- measure: compared()
-- basis: 受理
-- date: 受理日
-- numerator: その期間に受理した者と、比較期間（前年同期、または直前の期間）に受理した者。終わっていない期間は、昨日までの同じ日数どうしを比べる。日別は同じ曜日どうし（前年は52週前、直前は前週）
-- denominator: 比は1日あたりの数どうし（正確な95%信頼区間。比較期間が0人のときは値なし。祝日・年末年始は平日と比べない）
-- source: cases
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: period 期間の初日 ; label 期間 ; value 受理数 ; days 日数 ; before 比較期間 ; before_days 比較の日数 ; before_from 比較の初日 ;
--   complete @count_status ; ratio 比 ; ratio_lower 下限 ; ratio_upper 上限 ; reason 理由
-- by: week ; day ; month ; quarter ; fiscal_year ; season ; wave
-- against: last_year ; previous
-- days: 84

-- Before the first case of any disease nothing was recorded here: that is no zero.
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $before_from AND $to
  GROUP BY received_day
),
these AS (
  SELECT
    periods.first_day,
    CASE
      WHEN sum(counted.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
      ELSE CAST(coalesce(sum(counted.cases), 0) AS BIGINT)
    END AS cases
  FROM periods
  CROSS JOIN recorded
  LEFT JOIN counted
    ON counted.day BETWEEN periods.first_day AND periods.last_day AND counted.day >= $from
  GROUP BY periods.first_day, periods.last_day, recorded.first_day
),
those AS (
  SELECT
    periods.first_day,
    CASE WHEN periods.before_first_day >= recorded.first_day THEN CAST(coalesce(sum(counted.cases), 0) AS BIGINT) END AS cases
  FROM periods
  CROSS JOIN recorded
  LEFT JOIN counted ON counted.day BETWEEN periods.before_first_day AND periods.before_last_day
  GROUP BY periods.first_day, periods.before_first_day, recorded.first_day
)
SELECT
  periods.first_day AS period,
  periods.label,
  these.cases AS value,
  least(periods.last_day, CAST($to AS DATE)) - greatest(periods.first_day, CAST($from AS DATE)) + 1 AS days,
  those.cases AS before,
  periods.before_last_day - periods.before_first_day + 1 AS before_days,
  periods.before_first_day AS before_from,
  coalesce(periods.first_day >= recorded.first_day, FALSE) AND periods.first_day >= $from
    AND periods.last_day <= $to AND periods.last_day < $as_of_day AS complete,
  CASE
    WHEN recorded.first_day > greatest(periods.first_day, CAST($from AS DATE)) THEN
      '一部記録（' || CAST(CAST(extract(year FROM recorded.first_day) AS INTEGER) AS VARCHAR) || '年'
      || CAST(CAST(extract(month FROM recorded.first_day) AS INTEGER) AS VARCHAR) || '月'
      || CAST(CAST(extract(day FROM recorded.first_day) AS INTEGER) AS VARCHAR) || '日から）'
  END AS partly,
  CASE
    WHEN periods.before_unlike IS NOT NULL THEN periods.before_unlike
    WHEN coalesce(recorded.first_day > periods.before_last_day, TRUE) THEN '前の期間の記録なし'
    WHEN recorded.first_day > periods.before_first_day THEN '前の期間は一部しか記録がない'
  END AS unlike
FROM periods
CROSS JOIN recorded
JOIN these ON these.first_day = periods.first_day
JOIN those ON those.first_day = periods.first_day
ORDER BY periods.first_day
