-- title.ja: 罹患率の男女比（男は男÷女、女は女÷男）
-- title.en: Rate ratio by sex
-- unit: ratio
-- shape: breakdown
-- group: people
-- measure: rate_ratio()
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、性別の分かる区民の人口あたりの率（正確な95%信頼区間。本日は含まない）
-- denominator: もう一方の性の率
-- source: cases, population
-- told_by: resident, sex
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明 ; sex[M,F] 性別その他・不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: gap
-- high_is: neither
-- columns: sex 性別 ; value 罹患率比 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ;
--   other_cases 他方の受理数 ; other_population 他方の人口 ; reason 理由
-- days: 28

-- The mean population of the days: each has the population of its month, or of the month last known.
WITH weights AS (
  SELECT month, CAST(least(last_day, CAST($to AS DATE)) - greatest(first_day, CAST($from AS DATE)) + 1 AS DOUBLE) AS days
  FROM population_months
  WHERE last_day >= $from AND first_day <= $to
),
monthly AS (
  SELECT month, sex, CASE WHEN count(*) = count(persons) THEN sum(persons) END AS persons
  FROM population_cells
  WHERE sex IN ('M', 'F')
  GROUP BY month, sex
),
people AS (
  SELECT
    monthly.sex,
    CASE WHEN count(*) = count(monthly.persons) THEN sum(monthly.persons * weights.days) / sum(weights.days) END AS persons
  FROM monthly JOIN weights ON weights.month = monthly.month
  GROUP BY monthly.sex
),
counted AS (
  SELECT sex, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND sex IN ('M', 'F') AND received_day BETWEEN $from AND $to
  GROUP BY sex
),
paired AS (
  SELECT
    coalesce(people.sex, counted.sex) AS sex,
    CASE WHEN recorded.first_day <= $to THEN coalesce(counted.cases, 0) END AS cases,
    people.persons AS population
  FROM people
  FULL JOIN counted ON counted.sex = people.sex
  CROSS JOIN recorded
)
SELECT
  sex,
  cases,
  CAST(population AS DOUBLE) AS population,
  CAST(sum(cases) OVER () - cases AS BIGINT) AS other_cases,
  CASE
    WHEN count(*) OVER () = count(population) OVER () THEN CAST(sum(population) OVER () - population AS DOUBLE)
  END AS other_population
FROM paired
ORDER BY sex DESC
