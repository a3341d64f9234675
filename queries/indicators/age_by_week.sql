-- title.ja: 年齢・週別の新規受理数
-- title.en: New cases by week and age
-- unit: persons
-- shape: heat
-- group: people
-- measure: none
-- basis: 受理
-- date: 受理日（ISO週、月曜始まり）
-- numerator: その週に受理した者（年齢区分の分からない者は不明の行）
-- source: cases
-- told_by: age
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: week 週の初日 ; band 年齢区分 ; value 新規受理数
-- by: week
-- bands: ten
-- days: 182

-- Who has an age only by its decade stands in a band that holds the whole decade, or in none.
WITH daily AS (
  SELECT received_day AS day, age, age_decade, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day, age, age_decade
),
counted AS (
  SELECT periods.first_day AS week, age_bands.place, CAST(sum(daily.cases) AS BIGINT) AS cases
  FROM daily
  JOIN periods ON daily.day BETWEEN periods.first_day AND periods.last_day
  LEFT JOIN age_bands
    ON coalesce(daily.age, daily.age_decade) >= age_bands.age_from
    AND coalesce(daily.age, daily.age_decade + 9) <= age_bands.age_to
  GROUP BY periods.first_day, age_bands.place
),
cells AS (
  SELECT periods.first_day AS week, periods.last_day, age_bands.place, age_bands.label FROM periods CROSS JOIN age_bands
)
SELECT
  coalesce(cells.week, counted.week) AS week,
  cells.label AS band,
  CASE
    WHEN counted.cases IS NULL AND coalesce(least(cells.last_day, CAST($to AS DATE)) < recorded.first_day, TRUE) THEN NULL
    ELSE coalesce(counted.cases, 0)
  END AS value
FROM cells
FULL JOIN counted ON counted.week = cells.week AND counted.place = cells.place
CROSS JOIN recorded
ORDER BY coalesce(cells.week, counted.week), cells.place NULLS LAST
