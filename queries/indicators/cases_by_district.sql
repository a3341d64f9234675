-- title.ja: 地区別の新規受理数
-- title.en: New cases by district
-- unit: persons
-- shape: breakdown
-- measure: none
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した区民（地区の分からない者は別の行）
-- denominator: 地区の住民基本台帳人口（期間の終わりの月、なければ直近の月）
-- source: cases, population
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: district 地区 ; value 新規受理数 ; per_100k 人口10万対
-- days: 7
WITH counted AS (
  SELECT district, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND received_day BETWEEN $from AND $to
  GROUP BY district
),
dated AS (
  SELECT coalesce(max(month) FILTER (WHERE month <= $to), min(month)) AS month FROM population
),
people AS (
  SELECT population.district, sum(population.persons) AS persons
  FROM population JOIN dated ON dated.month = population.month
  WHERE population.district IS NOT NULL
  GROUP BY population.district
)
SELECT
  coalesce(people.district, counted.district) AS district,
  coalesce(counted.cases, 0) AS value,
  100000.0 * CAST(coalesce(counted.cases, 0) AS DOUBLE) / NULLIF(CAST(people.persons AS DOUBLE), 0.0) AS per_100k
FROM people FULL JOIN counted ON counted.district = people.district
ORDER BY coalesce(people.district, counted.district) NULLS LAST
