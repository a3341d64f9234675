-- title.ja: 地区別の新規受理数
-- title.en: New cases by district
-- unit: persons
-- shape: breakdown
-- group: people
-- measure: none
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した区民（地区の分からない者は別の行。本日は含まない）
-- denominator: 地区の住民基本台帳人口（期間の終わりの月、なければ直近の月）
-- formula.ja: 分子の人数。人口10万対は 分子 ÷ 分母 × 100,000
-- formula.en: the count of the numerator; per 100,000: numerator ÷ denominator × 100,000
-- source: cases, population
-- told_by: resident, district
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明
-- counted_if: resident IS DISTINCT FROM FALSE
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
people AS (
  SELECT population.district, sum(population.persons) AS persons
  FROM population JOIN population_months AS months ON months.month = population.month
  WHERE population.district IS NOT NULL AND $to BETWEEN months.first_day AND months.last_day
  GROUP BY population.district
)
SELECT
  coalesce(people.district, counted.district) AS district,
  CASE WHEN recorded.first_day <= $to THEN coalesce(counted.cases, 0) END AS value,
  CASE
    WHEN recorded.first_day <= $to
      THEN 100000.0 * CAST(coalesce(counted.cases, 0) AS DOUBLE) / NULLIF(CAST(people.persons AS DOUBLE), 0.0)
  END AS per_100k
FROM people
FULL JOIN counted ON counted.district = people.district
CROSS JOIN recorded
ORDER BY coalesce(people.district, counted.district) NULLS LAST
