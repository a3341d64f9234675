-- title.ja: 地区別の罹患率（人口10万対）
-- title.en: Incidence by district per 100,000
-- unit: per_100k
-- shape: breakdown
-- measure: rate(per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区の分かる区民（Byar の95%信頼区間）
-- denominator: 地区の住民基本台帳人口（期間の終わりの月、なければ直近の月）
-- source: cases, population
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 人口10万対 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ; reason 理由
-- days: 28
WITH dated AS (
  SELECT coalesce(max(month) FILTER (WHERE month <= $to), min(month)) AS month FROM population
),
people AS (
  SELECT population.district, sum(population.persons) AS persons
  FROM population JOIN dated ON dated.month = population.month
  WHERE population.district IS NOT NULL
  GROUP BY population.district
),
counted AS (
  SELECT district, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND district IS NOT NULL AND received_day BETWEEN $from AND $to
  GROUP BY district
)
SELECT
  coalesce(people.district, counted.district) AS district,
  coalesce(counted.cases, 0) AS cases,
  CAST(people.persons AS BIGINT) AS population
FROM people FULL JOIN counted ON counted.district = people.district
ORDER BY coalesce(people.district, counted.district)
