-- title.ja: 年齢・性別の新規受理数（期間別）
-- title.en: New cases by age, sex and period
-- unit: persons
-- shape: table
-- group: people
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: その期間に受理した者。行のない組合せは0人
-- source: cases
-- told_by: age, sex
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: neither
-- columns: period 期間の初日 ; label 期間 ; complete @count_status ; band 年齢区分 ; sex 性別 ; value 新規受理数
-- by: week ; day ; month ; quarter ; fiscal_year ; season ; wave
-- bands: ten
-- days: 28
-- board: none

-- Who has an age only by its decade stands in a band that holds the whole decade, or in none.
WITH daily AS (
  SELECT received_day AS day, age, age_decade, sex, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day, age, age_decade, sex
)
SELECT
  periods.first_day AS period,
  periods.label,
  coalesce(periods.first_day >= recorded.first_day, FALSE) AND periods.first_day >= $from
    AND periods.last_day <= $to AND periods.last_day < $as_of_day AS complete,
  age_bands.label AS band,
  daily.sex,
  CAST(sum(daily.cases) AS BIGINT) AS value
FROM daily
CROSS JOIN recorded
JOIN periods ON daily.day BETWEEN periods.first_day AND periods.last_day
LEFT JOIN age_bands
  ON coalesce(daily.age, daily.age_decade) >= age_bands.age_from
  AND coalesce(daily.age, daily.age_decade + 9) <= age_bands.age_to
GROUP BY periods.first_day, periods.last_day, periods.label, recorded.first_day, age_bands.place, age_bands.label, daily.sex
ORDER BY periods.first_day, age_bands.place NULLS LAST, daily.sex NULLS LAST
