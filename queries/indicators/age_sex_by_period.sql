-- title.ja: 年代・性別の新規受理数（期間別）
-- title.en: New cases by age band, sex and period
-- unit: persons
-- shape: table
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: その期間に受理した者。行のない組合せは0人
-- source: cases
-- lag_days: 1
-- missing: zero
-- high_is: neither
-- columns: period 期間の初日 ; age_decade 年代 ; sex 性別 ; value 新規受理数
-- by: week ; day ; month ; fiscal_year
-- days: 28
WITH daily AS (
  SELECT received_day AS day, age_decade, sex, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day, age_decade, sex
),
placed AS (
  SELECT
    CASE $by
      WHEN 'week' THEN CAST(date_trunc('week', day) AS DATE)
      WHEN 'month' THEN CAST(date_trunc('month', day) AS DATE)
      WHEN 'fiscal_year' THEN CAST(date_trunc('year', day - INTERVAL '3' MONTH) + INTERVAL '3' MONTH AS DATE)
      ELSE day
    END AS period,
    age_decade, sex, cases
  FROM daily
)
SELECT period, age_decade, sex, CAST(sum(cases) AS BIGINT) AS value
FROM placed
GROUP BY period, age_decade, sex
ORDER BY period, age_decade NULLS LAST, sex NULLS LAST
