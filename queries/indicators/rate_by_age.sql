-- title.ja: 年齢別の罹患率（人口10万対）
-- title.en: Incidence by age per 100,000
-- unit: per_100k
-- shape: breakdown
-- group: people
-- measure: rate(per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した区民（Byar の95%信頼区間。本日は含まない。年齢区分の分からない者は別の行）
-- denominator: 年齢区分の住民基本台帳人口（各日の属する月の人口の平均。その月がなければ直近の月）。人口のない区分は値なし
-- source: cases, population
-- told_by: resident, age
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: band 年齢区分 ; value 人口10万対 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ; reason 理由
-- bands: ten
-- days: 28

-- The mean population of the days: each has the population of its month, or of the month last known. Who has an age only by
-- its decade stands in a band that holds the whole decade, or in none.
WITH weights AS (
  SELECT month, CAST(least(last_day, CAST($to AS DATE)) - greatest(first_day, CAST($from AS DATE)) + 1 AS DOUBLE) AS days
  FROM population_months
  WHERE last_day >= $from AND first_day <= $to
),
monthly AS (
  SELECT
    population.month, age_bands.place,
    CASE WHEN count(*) = count(population.persons) THEN sum(population.persons) END AS persons
  FROM population_cells AS population
  JOIN age_bands
    ON coalesce(population.age, population.age_decade) >= age_bands.age_from
    AND coalesce(population.age, population.age_decade + 9) <= age_bands.age_to
  GROUP BY population.month, age_bands.place
),
people AS (
  SELECT
    monthly.place,
    CASE WHEN count(*) = count(monthly.persons) THEN sum(monthly.persons * weights.days) / sum(weights.days) END AS persons
  FROM monthly JOIN weights ON weights.month = monthly.month
  GROUP BY monthly.place
),
aged AS (
  SELECT age, age_decade, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND received_day BETWEEN $from AND $to
  GROUP BY age, age_decade
),
counted AS (
  SELECT age_bands.place, sum(aged.cases) AS cases
  FROM aged LEFT JOIN age_bands
    ON coalesce(aged.age, aged.age_decade) >= age_bands.age_from
    AND coalesce(aged.age, aged.age_decade + 9) <= age_bands.age_to
  GROUP BY age_bands.place
)
SELECT
  age_bands.label AS band,
  CASE WHEN recorded.first_day <= $to THEN CAST(coalesce(counted.cases, 0) AS BIGINT) END AS cases,
  CAST(people.persons AS DOUBLE) AS population
FROM age_bands
FULL JOIN counted ON counted.place = age_bands.place
LEFT JOIN people ON people.place = age_bands.place
CROSS JOIN recorded
ORDER BY age_bands.place NULLS LAST
