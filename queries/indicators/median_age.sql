-- title.ja: 年齢の中央値と四分位
-- title.en: Median age with quartiles
-- unit: years
-- shape: series
-- group: people
-- measure: quartiles()
-- basis: 受理
-- date: 受理日
-- numerator: その期間に受理した者の満年齢の中央値、第1・第3四分位。年齢の分からない者（年代だけの者を含む）は除き、年齢不明の列に数える。90歳以上は90歳とする
-- source: cases
-- told_by: age
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: gap
-- high_is: neither
-- columns: day 期間の初日 ; value 中央値 ; lower 第1四分位 ; upper 第3四分位 ; n 年齢の分かる者 ; unknown 年齢不明 ; label 期間 ; complete @count_status ; reason 理由
-- by: week ; day ; month ; quarter ; fiscal_year ; season ; wave
-- days: 182
WITH counted AS (
  SELECT received_day AS day, age, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day, age
)
SELECT
  periods.first_day AS day,
  counted.age,
  CASE
    WHEN sum(counted.cases) IS NULL AND coalesce(least(periods.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
    ELSE CAST(coalesce(sum(counted.cases), 0) AS BIGINT)
  END AS cases,
  periods.label,
  coalesce(periods.first_day >= recorded.first_day, FALSE) AND periods.first_day >= $from
    AND periods.last_day <= $to AND periods.last_day < $as_of_day AS complete
FROM periods
CROSS JOIN recorded
LEFT JOIN counted ON counted.day BETWEEN periods.first_day AND periods.last_day
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day, counted.age
ORDER BY periods.first_day, counted.age NULLS LAST
