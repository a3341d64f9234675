-- title.ja: 年代別・週別の新規受理数
-- title.en: New cases by week and age band
-- unit: persons
-- shape: heat
-- measure: none
-- basis: 受理
-- date: 受理日（ISO週、月曜始まり）
-- numerator: その週に受理した者（年代の分からない者は年代なしの行）
-- source: cases
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: week 週の初日 ; age_decade 年代 ; value 新規受理数
-- days: 182
WITH daily AS (
  SELECT received_day AS day, age_decade, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY received_day, age_decade
),
counted AS (
  SELECT CAST(date_trunc('week', day) AS DATE) AS week, age_decade, CAST(sum(cases) AS BIGINT) AS cases
  FROM daily
  GROUP BY CAST(date_trunc('week', day) AS DATE), age_decade
),
weeks AS (
  SELECT CAST(week AS DATE) AS week
  FROM (
    SELECT unnest(generate_series(date_trunc('week', CAST($from AS DATE)), CAST($to AS DATE), INTERVAL '7' DAY)) AS week
  ) AS listed
),
bands AS (
  SELECT CAST(age_decade AS SMALLINT) AS age_decade
  FROM (VALUES (0), (10), (20), (30), (40), (50), (60), (70), (80), (90)) AS named (age_decade)
),
cells AS (
  SELECT weeks.week, bands.age_decade FROM weeks CROSS JOIN bands
)
SELECT
  coalesce(cells.week, counted.week) AS week,
  coalesce(cells.age_decade, counted.age_decade) AS age_decade,
  coalesce(counted.cases, 0) AS value
FROM cells FULL JOIN counted ON counted.week = cells.week AND counted.age_decade = cells.age_decade
ORDER BY coalesce(cells.week, counted.week), coalesce(cells.age_decade, counted.age_decade) NULLS LAST
