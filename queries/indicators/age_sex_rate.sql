-- title.ja: 年齢・性別の罹患率（人口10万対）
-- title.en: New cases per 100,000 by age and sex
-- unit: per_100k
-- shape: pyramid
-- group: people
-- measure: none
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した（本日は含まない）、年齢区分と性別の分かる区民（分からない者は率に入らない。人数は「年齢・性別の新規受理数」にある）
-- denominator: 年齢区分・性別の住民基本台帳人口。期間の各日の直近の月の人口の平均（最初の月より前の日は最初の月）。人口のない区分は値なし
-- source: cases, population
-- told_by: resident, age, sex
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明 ; age_decade[bands] 年齢区分不明 ; sex[M,F] 性別その他・不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: gap
-- high_is: neither
-- columns: band 年齢区分 ; male 男 ; female 女 ; other その他・不明 ; male_before 男（比較期間） ; female_before 女（比較期間） ;
--   other_before その他・不明（比較期間）
-- bands: ten
-- against: previous ; last_year
-- days: 28

-- Who has an age only by its decade stands in a band that holds the whole decade, or in none.
WITH spans AS (
  SELECT 1 AS span, CAST($from AS DATE) AS first_day, CAST($to AS DATE) AS last_day
  UNION ALL
  SELECT 2 AS span, CAST($before_from AS DATE) AS first_day, CAST($before_to AS DATE) AS last_day
),
-- On how many days of each span a month's population is the latest.
weights AS (
  SELECT
    spans.span,
    months.month,
    CAST(least(months.last_day, spans.last_day) - greatest(months.first_day, spans.first_day) + 1 AS DOUBLE) AS days
  FROM spans
  JOIN population_months AS months ON months.last_day >= spans.first_day AND months.first_day <= spans.last_day
),
monthly AS (
  SELECT
    population.month, age_bands.place, population.sex,
    CASE WHEN count(*) = count(population.persons) THEN sum(population.persons) END AS persons
  FROM population_cells AS population
  JOIN age_bands
    ON coalesce(population.age, population.age_decade) >= age_bands.age_from
    AND coalesce(population.age, population.age_decade + 9) <= age_bands.age_to
  GROUP BY population.month, age_bands.place, population.sex
),
people AS (
  SELECT
    weights.span,
    monthly.place,
    monthly.sex,
    CASE WHEN count(*) = count(monthly.persons) THEN sum(monthly.persons * weights.days) / sum(weights.days) END AS persons
  FROM monthly JOIN weights ON weights.month = monthly.month
  GROUP BY weights.span, monthly.place, monthly.sex
),
aged AS (
  SELECT
    age,
    age_decade,
    sex,
    count(*) FILTER (WHERE received_day BETWEEN $from AND $to) AS cases,
    count(*) FILTER (WHERE received_day BETWEEN $before_from AND $before_to) AS cases_before
  FROM cases
  WHERE disease = $disease AND resident AND sex IN ('M', 'F')
    AND (received_day BETWEEN $from AND $to OR received_day BETWEEN $before_from AND $before_to)
  GROUP BY age, age_decade, sex
),
counted AS (
  SELECT age_bands.place, aged.sex, sum(aged.cases) AS cases, sum(aged.cases_before) AS cases_before
  FROM aged JOIN age_bands
    ON coalesce(aged.age, aged.age_decade) >= age_bands.age_from
    AND coalesce(aged.age, aged.age_decade + 9) <= age_bands.age_to
  GROUP BY age_bands.place, aged.sex
),
rates AS (
  SELECT
    people.place,
    people.span,
    people.sex,
    100000.0 * CAST(coalesce(CASE people.span WHEN 1 THEN counted.cases ELSE counted.cases_before END, 0) AS DOUBLE)
      / NULLIF(people.persons, 0.0) AS rate
  FROM people
  JOIN spans ON spans.span = people.span
  LEFT JOIN counted ON counted.place = people.place AND counted.sex = people.sex
  CROSS JOIN recorded
  -- A period before that is on record in part is not compared.
  WHERE recorded.first_day <= CASE spans.span WHEN 1 THEN spans.last_day ELSE spans.first_day END
)
SELECT
  age_bands.label AS band,
  max(rates.rate) FILTER (WHERE rates.span = 1 AND rates.sex = 'M') AS male,
  max(rates.rate) FILTER (WHERE rates.span = 1 AND rates.sex = 'F') AS female,
  CAST(NULL AS DOUBLE) AS other,
  max(rates.rate) FILTER (WHERE rates.span = 2 AND rates.sex = 'M') AS male_before,
  max(rates.rate) FILTER (WHERE rates.span = 2 AND rates.sex = 'F') AS female_before,
  CAST(NULL AS DOUBLE) AS other_before
FROM age_bands LEFT JOIN rates ON rates.place = age_bands.place
GROUP BY age_bands.place, age_bands.label
ORDER BY age_bands.place
