-- title.ja: 年齢調整罹患率（地区別、人口10万対）
-- title.en: Age-standardised incidence by district per 100,000
-- unit: per_100k
-- shape: breakdown
-- measure: standardised(standard=japan_1985, per=100000)
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した、地区と年齢の分かる区民（5歳階級、85歳以上は一括）
-- denominator: 地区の住民基本台帳人口（各日の属する月の人口の平均）。昭和60年モデル人口で調整（Dobson の95%信頼区間、10件未満は算出せず）
-- source: cases, population
-- lag_days: 1
-- missing: gap
-- high_is: bad
-- columns: district 地区 ; value 年齢調整罹患率 ; lower 下限 ; upper 上限 ; crude 粗率 ; cases 受理数 ; reason 理由
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
  SELECT
    population.district,
    least(CAST(floor(population.age / 5.0) AS INTEGER) * 5, 85) AS age_from,
    sum(population.persons * weights.weight) AS persons
  FROM population JOIN weights ON weights.month = population.month
  WHERE population.district IS NOT NULL AND population.age IS NOT NULL
  GROUP BY population.district, least(CAST(floor(population.age / 5.0) AS INTEGER) * 5, 85)
),
counted AS (
  SELECT district, least(CAST(floor(age / 5.0) AS INTEGER) * 5, 85) AS age_from, count(*) AS cases
  FROM cases
  WHERE disease = $disease AND resident AND district IS NOT NULL AND age IS NOT NULL
    AND received_day BETWEEN $from AND $to
  GROUP BY district, least(CAST(floor(age / 5.0) AS INTEGER) * 5, 85)
)
SELECT
  people.district,
  people.age_from,
  coalesce(counted.cases, 0) AS cases,
  CAST(people.persons AS DOUBLE) AS population
FROM people
LEFT JOIN counted ON counted.district = people.district AND counted.age_from = people.age_from
ORDER BY people.district, people.age_from
