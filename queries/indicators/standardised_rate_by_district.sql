-- title.ja: 年齢調整罹患率（地区別、人口10万対）
-- title.en: Age-standardised incidence by district per 100,000
-- unit: per_100k
-- shape: breakdown
-- group: people
-- measure: standardised(standard=japan_1985, per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区と年齢の分かる区民（5歳階級、85歳以上は一括。本日は含まない）
-- denominator: 地区の住民基本台帳人口（各日の属する月の人口の平均）。昭和60年モデル人口で調整（Dobson の95%信頼区間、10件未満は算出せず）
-- source: cases, population
-- told_by: resident, district, age
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明 ; district 地区不明 ; age 年齢不明（年代だけの者を含む）
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 年齢調整罹患率 ; lower 下限 ; upper 上限 ; crude 粗率 ; cases 受理数 ; reason 理由
-- days: 28

-- The mean population of the days: each has the population of its month, or of the month last known.
WITH weights AS (
  SELECT month, CAST(least(last_day, CAST($to AS DATE)) - greatest(first_day, CAST($from AS DATE)) + 1 AS DOUBLE) AS days
  FROM population_months
  WHERE last_day >= $from AND first_day <= $to
),
monthly AS (
  SELECT
    month, district, least(CAST(floor(age / 5.0) AS INTEGER) * 5, 85) AS age_from,
    CASE WHEN count(*) = count(persons) THEN sum(persons) END AS persons
  FROM population_cells
  WHERE district IS NOT NULL AND age IS NOT NULL
  GROUP BY month, district, least(CAST(floor(age / 5.0) AS INTEGER) * 5, 85)
),
people AS (
  SELECT
    monthly.district,
    monthly.age_from,
    CASE WHEN count(*) = count(monthly.persons) THEN sum(monthly.persons * weights.days) / sum(weights.days) END AS persons
  FROM monthly JOIN weights ON weights.month = monthly.month
  GROUP BY monthly.district, monthly.age_from
),
counted AS (
  SELECT district, least(CAST(floor(age / 5.0) AS INTEGER) * 5, 85) AS age_from, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND district IS NOT NULL AND age IS NOT NULL
    AND received_day BETWEEN $from AND $to
  GROUP BY district, least(CAST(floor(age / 5.0) AS INTEGER) * 5, 85)
)
SELECT
  coalesce(people.district, counted.district) AS district,
  coalesce(people.age_from, counted.age_from) AS age_from,
  CASE WHEN recorded.first_day <= $to THEN coalesce(counted.cases, 0) END AS cases,
  CAST(people.persons AS DOUBLE) AS population
FROM people
FULL JOIN counted ON counted.district = people.district AND counted.age_from = people.age_from
CROSS JOIN recorded
ORDER BY coalesce(people.district, counted.district), coalesce(people.age_from, counted.age_from)
