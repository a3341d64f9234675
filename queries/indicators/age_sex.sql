-- title.ja: 年代・性別の新規受理数
-- title.en: New cases by age band and sex
-- unit: persons
-- shape: pyramid
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: 期間内に受理した者（年代の分からない者は別の行、性別のその他・不明は別の列）
-- source: cases
-- lag_days: 1
-- missing: zero
-- high_is: neither
-- columns: age_decade 年代 ; male 男 ; female 女 ; other その他・不明
-- days: 28
WITH counted AS (
  SELECT
    age_decade,
    count(*) FILTER (WHERE sex = 'M') AS male,
    count(*) FILTER (WHERE sex = 'F') AS female,
    count(*) FILTER (WHERE sex IS NULL OR sex NOT IN ('M', 'F')) AS other
  FROM cases
  WHERE disease = $disease AND received_day BETWEEN $from AND $to
  GROUP BY age_decade
),
bands AS (
  SELECT CAST(age_decade AS SMALLINT) AS age_decade
  FROM (VALUES (0), (10), (20), (30), (40), (50), (60), (70), (80), (90)) AS named (age_decade)
)
SELECT
  coalesce(bands.age_decade, counted.age_decade) AS age_decade,
  coalesce(counted.male, 0) AS male,
  coalesce(counted.female, 0) AS female,
  coalesce(counted.other, 0) AS other
FROM bands FULL JOIN counted ON counted.age_decade = bands.age_decade
ORDER BY coalesce(bands.age_decade, counted.age_decade) NULLS LAST
