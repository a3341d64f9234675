-- title.ja: 性別の率比（男は女との比、女は男との比）
-- title.en: Rate ratio by sex
-- unit: ratio
-- shape: breakdown
-- measure: rate_ratio()
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、性別の分かる区民の人口あたりの率（正確な95%信頼区間）
-- denominator: もう一方の性の率
-- source: cases, population
-- lag_days: 1
-- missing: gap
-- high_is: neither
-- columns: sex 性別 ; value 率比 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ;
--   other_cases 他方の受理数 ; other_population 他方の人口 ; reason 理由
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
  SELECT population.sex, sum(population.persons * weights.weight) AS persons
  FROM population JOIN weights ON weights.month = population.month
  WHERE population.sex IN ('M', 'F')
  GROUP BY population.sex
),
counted AS (
  SELECT sex, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND sex IN ('M', 'F') AND received_day BETWEEN $from AND $to
  GROUP BY sex
),
paired AS (
  SELECT people.sex, coalesce(counted.cases, 0) AS cases, people.persons AS population
  FROM people LEFT JOIN counted ON counted.sex = people.sex
)
SELECT
  sex,
  cases,
  CAST(population AS DOUBLE) AS population,
  CAST(sum(cases) OVER () - cases AS BIGINT) AS other_cases,
  CAST(sum(population) OVER () - population AS DOUBLE) AS other_population
FROM paired
ORDER BY sex DESC
