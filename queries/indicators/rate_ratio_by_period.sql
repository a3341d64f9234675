-- title.ja: 直前の同じ長さの期間との率比（地区別）
-- title.en: Rate ratio to the period before, by district
-- unit: ratio
-- shape: breakdown
-- measure: rate_ratio()
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区の分かる区民の人口あたりの率（正確な95%信頼区間。本日は含まない）
-- denominator: 直前の同じ日数の期間の率（366日まで）
-- source: cases, population
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 率比 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ;
--   other_cases 直前の受理数 ; other_population 直前の人口 ; reason 理由
-- days: 28

-- A day that is not over is compared with nothing: both periods end before it.
WITH listed AS (
  SELECT CAST(day AS DATE) AS day
  FROM (
    SELECT unnest(generate_series(CAST($from AS DATE) - INTERVAL '366' DAY, CAST($to AS DATE), INTERVAL '1' DAY)) AS day
  ) AS listed
  WHERE CAST(day AS DATE) < $as_of_day
),
length AS (
  SELECT count(*) AS days FROM listed WHERE day >= $from
),
days AS (
  SELECT day, true AS this FROM listed WHERE day >= $from
  UNION ALL
  SELECT placed.day, false AS this
  FROM (SELECT day, row_number() OVER (ORDER BY day DESC) AS place FROM listed WHERE day < $from) AS placed
  CROSS JOIN length
  WHERE placed.place <= length.days
),
months AS (
  SELECT month, lead(month) OVER (ORDER BY month) AS next, row_number() OVER (ORDER BY month) AS place
  FROM (SELECT DISTINCT month FROM population) AS listed
),
weights AS (
  SELECT months.month, days.this, CAST(count(*) AS DOUBLE) / CAST(any_value(length.days) AS DOUBLE) AS weight
  FROM days
  CROSS JOIN length
  JOIN months ON (months.month <= days.day OR months.place = 1) AND (days.day < months.next OR months.next IS NULL)
  GROUP BY months.month, days.this
),
people AS (
  SELECT population.district, weights.this, sum(population.persons * weights.weight) AS persons
  FROM population JOIN weights ON weights.month = population.month
  WHERE population.district IS NOT NULL
  GROUP BY population.district, weights.this
),
counted AS (
  SELECT cases.district, days.this, count(*) AS cases
  FROM cases JOIN days ON days.day = cases.received_day
  WHERE cases.disease = $disease AND cases.resident AND cases.district IS NOT NULL
  GROUP BY cases.district, days.this
),
paired AS (
  SELECT people.district, people.this, coalesce(counted.cases, 0) AS cases, people.persons
  FROM people LEFT JOIN counted ON counted.district = people.district AND counted.this = people.this
)
SELECT
  now.district,
  now.cases,
  CAST(now.persons AS DOUBLE) AS population,
  earlier.cases AS other_cases,
  CAST(earlier.persons AS DOUBLE) AS other_population
FROM paired AS now
JOIN paired AS earlier ON earlier.district = now.district AND NOT earlier.this
WHERE now.this
ORDER BY now.district
