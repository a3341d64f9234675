-- title.ja: 人口10万対の療養者数
-- title.en: Residents under care per 100,000
-- unit: per_100k
-- shape: value
-- group: care
-- measure: none
-- basis: 区民
-- date: 現在
-- numerator: 療養中の者のうち区民（移管済を除く。区民かどうか分からない者は数えず、別の列に示す）。同じ人の滞在が重なる間は、後から始まったものだけを数える
-- denominator: 住民基本台帳人口（その月、なければ直近の月）
-- source: placements, cases, population
-- told_by: to_at
-- parts_told_by: cases.resident
-- told_without: cases.jurisdiction
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; to_day 終了日時不明
-- counted_if: NOT (to_day IS NULL AND case_id IN (SELECT case_id FROM cases WHERE jurisdiction = 'transferred_out'))
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted
-- lag_days: 0
-- missing: gap
-- high_is: bad
-- reference: 2021-04
-- columns: value 人口10万対 ; residents 区民の療養者 ; unknown 居住地不明 ; persons 人口 ; reason 理由
WITH staying AS (
  SELECT case_id, to_day
  FROM person_stays AS stays
  WHERE disease = $disease
    AND place IN ('hospital', 'hotel', 'home', 'facility', 'undecided', 'awaiting')
    AND coalesce(from_at <= $as_of_at, from_day <= $as_of_day)
    AND coalesce(to_at > $as_of_at, to_day > $as_of_day, TRUE)
),
notified AS (
  SELECT
    case_id,
    bool_or(resident) AS resident,
    bool_or(jurisdiction = 'transferred_out') AS gone
  FROM cases
  WHERE disease = $disease AND case_id IN (SELECT case_id FROM staying)
  GROUP BY case_id
),
counted AS (
  SELECT
    count(*) FILTER (WHERE notified.resident) AS residents,
    count(*) FILTER (WHERE notified.resident IS NULL) AS unknown
  FROM staying LEFT JOIN notified ON notified.case_id = staying.case_id
  WHERE NOT (staying.to_day IS NULL AND coalesce(notified.gone, FALSE))
),
people AS (
  SELECT CASE WHEN count(*) = count(population.persons) THEN sum(population.persons) END AS persons
  FROM population_cells AS population JOIN population_months AS months ON months.month = population.month
  WHERE $as_of_day BETWEEN months.first_day AND months.last_day
)
SELECT
  CASE
    WHEN recorded_stays.first_day <= $as_of_day AND (counted.residents > 0 OR counted.unknown = 0)
      THEN 100000.0 * CAST(counted.residents AS DOUBLE) / NULLIF(CAST(people.persons AS DOUBLE), 0.0)
  END AS value,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.residents END AS residents,
  CASE WHEN recorded_stays.first_day <= $as_of_day THEN counted.unknown END AS unknown,
  CAST(people.persons AS BIGINT) AS persons,
  CASE
    WHEN coalesce(recorded_stays.first_day > $as_of_day, TRUE) THEN '記録なし'
    WHEN coalesce(people.persons, 0) = 0 THEN '人口なし'
    WHEN counted.residents = 0 AND counted.unknown > 0
      THEN '居住地不明 ' || CAST(counted.unknown AS VARCHAR) || '人のため値なし'
  END AS reason
FROM counted CROSS JOIN people CROSS JOIN recorded_stays
