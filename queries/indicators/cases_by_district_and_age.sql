-- title.ja: 地区・年齢別の新規受理数
-- title.en: New cases by district and age
-- unit: persons
-- shape: table
-- group: people
-- measure: none
-- basis: 区民
-- date: 受理日
-- numerator: 期間内に受理した区民（地区や年齢区分の分からない者は不明の行。本日は含まない）。職員用: 小さい数を含むため公表しない
-- source: cases, population
-- told_by: resident, district, age
-- counted_by: received_day 受理日不明 ; resident 居住地（区民かどうか）不明
-- counted_if: resident IS DISTINCT FROM FALSE
-- lag_days: 1
-- missing: zero
-- high_is: bad
-- columns: district 地区 ; band 年齢区分 ; value 新規受理数
-- bands: ten
-- days: 28

-- Who has an age only by its decade stands in a band that holds the whole decade, or in none.
WITH counted AS (
  SELECT cases.district, age_bands.label AS band, count(*) AS cases
  FROM cases
  LEFT JOIN age_bands
    ON coalesce(cases.age, cases.age_decade) >= age_bands.age_from
    AND coalesce(cases.age, cases.age_decade + 9) <= age_bands.age_to
  WHERE cases.disease = $disease AND cases.resident AND cases.received_day BETWEEN $from AND $to
  GROUP BY cases.district, age_bands.label
),
places AS (
  SELECT DISTINCT population.district
  FROM population JOIN population_months AS months ON months.month = population.month
  WHERE population.district IS NOT NULL AND $to BETWEEN months.first_day AND months.last_day
  UNION
  SELECT DISTINCT district FROM counted
),
cells AS (
  SELECT places.district, age_bands.place, age_bands.label AS band FROM places CROSS JOIN age_bands
  UNION
  SELECT district, NULL, NULL FROM counted WHERE band IS NULL
)
SELECT
  cells.district,
  cells.band,
  CASE WHEN recorded.first_day <= $to THEN coalesce(counted.cases, 0) END AS value
FROM cells
CROSS JOIN recorded
LEFT JOIN counted
  ON counted.district IS NOT DISTINCT FROM cells.district AND counted.band IS NOT DISTINCT FROM cells.band
ORDER BY cells.district NULLS LAST, cells.place NULLS LAST
