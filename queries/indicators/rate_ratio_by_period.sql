-- title.ja: 直前の同じ長さの期間との罹患率比（地区別）
-- title.en: Rate ratio to the period before, by district
-- unit: ratio
-- shape: breakdown
-- group: people
-- measure: rate_ratio()
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区の分かる区民の人口あたりの率（正確な95%信頼区間。本日は含まない）
-- denominator: 直前の同じ日数の期間の率（1日のときは前週の同じ曜日。祝日・年末年始は平日と比べない）
-- source: cases, population
-- told_by: resident, district
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明 ; district 地区不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 罹患率比 ; lower 下限 ; upper 上限 ; cases 受理数 ; population 人口 ;
--   other_cases 直前の受理数 ; other_population 直前の人口 ; reason 理由
-- against: previous
-- days: 28

-- The mean population of the days: each has the population of its month, or of the month last known.
WITH spans AS (
  SELECT true AS this, CAST($from AS DATE) AS first_day, CAST($to AS DATE) AS last_day
  UNION ALL
  SELECT false AS this, CAST($before_from AS DATE) AS first_day, CAST($before_to AS DATE) AS last_day
),
weights AS (
  SELECT
    months.month,
    spans.this,
    CAST(least(months.last_day, spans.last_day) - greatest(months.first_day, spans.first_day) + 1 AS DOUBLE) AS days
  FROM spans
  JOIN population_months AS months ON months.last_day >= spans.first_day AND months.first_day <= spans.last_day
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
    weights.this,
    CASE WHEN count(*) = count(monthly.persons) THEN sum(monthly.persons * weights.days) / sum(weights.days) END AS persons
  FROM monthly JOIN weights ON weights.month = monthly.month
  GROUP BY monthly.district, weights.this
),
counted AS (
  SELECT cases.district, spans.this, count(*) AS cases
  FROM cases JOIN spans ON cases.received_day BETWEEN spans.first_day AND spans.last_day
  WHERE cases.disease = $disease AND cases.resident AND cases.district IS NOT NULL
  GROUP BY cases.district, spans.this
),
places AS (
  SELECT district FROM people
  UNION
  SELECT district FROM counted
),
paired AS (
  SELECT
    places.district,
    spans.this,
    CASE WHEN recorded.first_day <= spans.first_day THEN coalesce(counted.cases, 0) END AS cases,
    people.persons
  FROM places
  CROSS JOIN spans
  LEFT JOIN people ON people.district = places.district AND people.this = spans.this
  LEFT JOIN counted ON counted.district = places.district AND counted.this = spans.this
  CROSS JOIN recorded
)
SELECT
  now.district,
  now.cases,
  CAST(now.persons AS DOUBLE) AS population,
  earlier.cases AS other_cases,
  CAST(earlier.persons AS DOUBLE) AS other_population,
  CASE
    WHEN CAST($before_from AS DATE) IS NULL THEN '比較不可'
    WHEN coalesce(recorded.first_day > CAST($before_to AS DATE), TRUE) THEN '前の期間の記録なし'
    WHEN recorded.first_day > CAST($before_from AS DATE) THEN '前の期間は一部しか記録がない'
  END AS unlike
FROM paired AS now
CROSS JOIN recorded
LEFT JOIN paired AS earlier ON earlier.district = now.district AND NOT earlier.this
WHERE now.this
ORDER BY now.district
