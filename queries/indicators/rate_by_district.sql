-- title.ja: 地区別の罹患率（人口10万対）
-- title.en: Incidence by district per 100,000
-- unit: per_100k
-- shape: breakdown
-- measure: rate(per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区の分かる区民（Byar の95%信頼区間）
-- denominator: 地区の住民基本台帳人口（各日の属する月の人口の平均。その月がなければ直近の月）
-- source: cases, population
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 人口10万対 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ;
--   other_cases 他の地区の受理数 ; other_population 他の地区の人口 ; reason 理由
-- days: 28

-- The mean population of the period: each day has the population of its month, or of the month last known.
WITH days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE), CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
months AS (
  SELECT month, lead(month) OVER (ORDER BY month) AS next, row_number() OVER (ORDER BY month) AS place
  FROM (SELECT DISTINCT month FROM population) AS listed
),
weights AS (
  SELECT months.month, CAST(count(*) AS DOUBLE) / CAST(any_value(total.days) AS DOUBLE) AS weight
  FROM days
  CROSS JOIN (SELECT count(*) AS days FROM days) AS total
  JOIN months ON (months.month <= days.day OR months.place = 1) AND (days.day < months.next OR months.next IS NULL)
  GROUP BY months.month
),
people AS (
  SELECT population.district, sum(population.persons * weights.weight) AS persons
  FROM population JOIN weights ON weights.month = population.month
  WHERE population.district IS NOT NULL
  GROUP BY population.district
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
    coalesce(counted.cases, 0) AS cases,
    people.persons AS population
  FROM people FULL JOIN counted ON counted.district = people.district
)
SELECT
  district,
  cases,
  CAST(population AS DOUBLE) AS population,
  CAST(sum(cases) OVER () - cases AS BIGINT) AS other_cases,
  CAST(sum(population) OVER () - population AS DOUBLE) AS other_population
FROM paired
ORDER BY district
