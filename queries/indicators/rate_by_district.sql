-- title.ja: 地区別の罹患率（人口10万対）
-- title.en: Incidence by district per 100,000
-- unit: per_100k
-- shape: breakdown
-- group: people
-- measure: rate(per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区の分かる区民（Byar の95%信頼区間。本日は含まない）
-- denominator: 地区の住民基本台帳人口（各日の属する月の人口の平均。その月がなければ直近の月）
-- source: cases, population
-- told_by: resident, district
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明 ; district 地区不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 人口10万対 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ;
--   other_cases 他の地区の受理数 ; other_population 他の地区の人口 ; reason 理由
-- days: 28

-- The mean population of the days: each has the population of its month, or of the month last known.
WITH weights AS (
  SELECT month, CAST(least(last_day, CAST($to AS DATE)) - greatest(first_day, CAST($from AS DATE)) + 1 AS DOUBLE) AS days
  FROM population_months
  WHERE last_day >= $from AND first_day <= $to
),
monthly AS (
  SELECT month, district, CASE WHEN count(*) = count(persons) THEN sum(persons) END AS persons
  FROM population_cells
  WHERE district IS NOT NULL
  GROUP BY month, district
),
people AS (
  SELECT
    monthly.district,
    CASE WHEN count(*) = count(monthly.persons) THEN sum(monthly.persons * weights.days) / sum(weights.days) END AS persons
  FROM monthly JOIN weights ON weights.month = monthly.month
  GROUP BY monthly.district
),
counted AS (
  SELECT district, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND district IS NOT NULL AND received_day BETWEEN $from AND $to
  GROUP BY district
),
paired AS (
  SELECT
    coalesce(people.district, counted.district) AS district,
    CASE WHEN recorded.first_day <= $to THEN coalesce(counted.cases, 0) END AS cases,
    people.persons AS population
  FROM people
  FULL JOIN counted ON counted.district = people.district
  CROSS JOIN recorded
)
SELECT
  district,
  cases,
  CAST(population AS DOUBLE) AS population,
  CAST(sum(cases) OVER () - cases AS BIGINT) AS other_cases,
  CASE
    WHEN count(*) OVER () = count(population) OVER () THEN CAST(sum(population) OVER () - population AS DOUBLE)
  END AS other_population
FROM paired
ORDER BY district
