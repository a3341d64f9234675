-- title.ja: 人口10万対の新規受理数（7日間）
-- title.en: New cases in seven days per 100,000 residents
-- unit: per_100k
-- shape: series
-- group: cases
-- measure: rate(per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: その日までの7日間に受理した区民の数（Byar の95%信頼区間）
-- denominator: 住民基本台帳人口（その月、なければ直近の月）
-- source: cases, population
-- told_by: resident
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- window: 7
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: day 受理日 ; value 人口10万対 ; lower 下限 ; upper 上限 ; cases 7日間 ; population 人口 ; reason 理由
-- days: 56
WITH counted AS (
  SELECT received_day AS day, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND received_day BETWEEN CAST($from AS DATE) - INTERVAL '6' DAY AND $to
  GROUP BY received_day
),
days AS (
  SELECT CAST(day AS DATE) AS day
  FROM (SELECT unnest(generate_series(CAST($from AS DATE) - INTERVAL '6' DAY, CAST($to AS DATE), INTERVAL '1' DAY)) AS day) AS listed
),
moving AS (
  SELECT
    days.day,
    sum(coalesce(counted.cases, 0)) OVER (ORDER BY days.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week
  FROM days LEFT JOIN counted ON counted.day = days.day
),
people AS (
  SELECT months.first_day, months.last_day, monthly.persons
  FROM population_months AS months
  JOIN (
    SELECT month, CASE WHEN count(*) = count(persons) THEN sum(persons) END AS persons
    FROM population_cells
    GROUP BY month
  ) AS monthly ON monthly.month = months.month
)
SELECT
  moving.day,
  CASE WHEN recorded.first_day <= moving.day - 6 THEN CAST(moving.week AS BIGINT) END AS cases,
  CAST(people.persons AS DOUBLE) AS population
FROM moving
CROSS JOIN recorded
LEFT JOIN people ON moving.day BETWEEN people.first_day AND people.last_day
WHERE moving.day >= $from AND moving.day < $as_of_day
ORDER BY moving.day
