-- title.ja: 年齢・性別の新規受理数
-- title.en: New cases by age and sex
-- unit: persons
-- shape: pyramid
-- group: people
-- measure: none
-- basis: 受理
-- date: 受理日
-- numerator: 期間内に受理した者（本日は含まない。年齢区分の分からない者は別の行、性別のその他・不明は別の列）。比較期間も同じ区分で別の列に示す。その全体の記録がなければ比べない
-- source: cases
-- told_by: age, sex
-- counted_by: received_day 受理日不明
-- lag_days: 1
-- missing: zero
-- high_is: neither
-- columns: band 年齢区分 ; male 男 ; female 女 ; other その他・不明 ; male_before 男（比較期間） ; female_before 女（比較期間） ;
--   other_before その他・不明（比較期間）
-- bands: ten
-- against: previous ; last_year
-- days: 28

-- A band without anybody is a zero only where the whole period is on record. A period before that is on record in part is not compared.
-- Who has an age only by its decade stands in a band that holds the whole decade, or in none.
WITH counted AS (
  SELECT
    age,
    age_decade,
    count(*) FILTER (WHERE sex = 'M' AND received_day BETWEEN $from AND $to) AS male,
    count(*) FILTER (WHERE sex = 'F' AND received_day BETWEEN $from AND $to) AS female,
    count(*) FILTER (WHERE (sex IS NULL OR sex NOT IN ('M', 'F')) AND received_day BETWEEN $from AND $to) AS other,
    count(*) FILTER (WHERE sex = 'M' AND received_day BETWEEN $before_from AND $before_to) AS male_before,
    count(*) FILTER (WHERE sex = 'F' AND received_day BETWEEN $before_from AND $before_to) AS female_before,
    count(*) FILTER (WHERE (sex IS NULL OR sex NOT IN ('M', 'F')) AND received_day BETWEEN $before_from AND $before_to) AS other_before
  FROM cases
  WHERE disease = $disease
    AND (received_day BETWEEN $from AND $to OR received_day BETWEEN $before_from AND $before_to)
  GROUP BY age, age_decade
),
banded AS (
  SELECT
    age_bands.place,
    sum(counted.male) AS male,
    sum(counted.female) AS female,
    sum(counted.other) AS other,
    sum(counted.male_before) AS male_before,
    sum(counted.female_before) AS female_before,
    sum(counted.other_before) AS other_before
  FROM counted LEFT JOIN age_bands
    ON coalesce(counted.age, counted.age_decade) >= age_bands.age_from
    AND coalesce(counted.age, counted.age_decade + 9) <= age_bands.age_to
  GROUP BY age_bands.place
)
SELECT
  age_bands.label AS band,
  CAST(coalesce(NULLIF(banded.male, 0), CASE WHEN recorded.first_day <= $from THEN 0 END) AS BIGINT) AS male,
  CAST(coalesce(NULLIF(banded.female, 0), CASE WHEN recorded.first_day <= $from THEN 0 END) AS BIGINT) AS female,
  CAST(coalesce(NULLIF(banded.other, 0), CASE WHEN recorded.first_day <= $from THEN 0 END) AS BIGINT) AS other,
  CASE WHEN recorded.first_day <= $before_from THEN CAST(coalesce(banded.male_before, 0) AS BIGINT) END AS male_before,
  CASE WHEN recorded.first_day <= $before_from THEN CAST(coalesce(banded.female_before, 0) AS BIGINT) END AS female_before,
  CASE WHEN recorded.first_day <= $before_from THEN CAST(coalesce(banded.other_before, 0) AS BIGINT) END AS other_before
FROM age_bands
FULL JOIN banded ON banded.place = age_bands.place
CROSS JOIN recorded
ORDER BY age_bands.place NULLS LAST
