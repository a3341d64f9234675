-- title.ja: 在院日数（Kaplan–Meier）
-- title.en: Length of stay
-- unit: days
-- shape: table
-- group: care
-- measure: stay_length()
-- basis: 管内
-- date: 入院日から退院日まで
-- numerator: 当所の患者の入院。退院していない者は打ち切り、期間の初めにすでに入院していた者は左側切断として扱う
-- source: placements, cases
-- told_by: to_day
-- counted_by: from_day 開始日時不明 ; place 療養場所不明 ; to_day 終了日時不明
-- counted_if: (place = 'hospital' OR place IS NULL)
-- undated.ja: 開始日時不明の滞在は数えず、終了日時不明の滞在は続いているものとして数える。療養場所不明の滞在は数えない
-- undated.en: stays of unknown beginning are not counted; stays of unknown end count as still going on; stays of unknown place are not counted
-- lag_days: 1
-- missing: gap
-- high_is: neither
-- columns: band 年齢 ; value 中央値 ; lower 下限 ; upper 上限 ; quarter 25% ; three_quarters 75% ; stays 入院数 ; still_in 在院中 ;
--   reason 理由
-- days: 180

-- A stay counts from the day of admission. Who was in before the period's first day enters it late (left truncation); who
-- has not left by its last day is still in (censored). A stay needs no notification: without one its age is not known.
WITH ages AS (
  SELECT
    case_id,
    CASE
      WHEN max(age_decade) < 40 THEN '40歳未満'
      WHEN max(age_decade) < 70 THEN '40–69歳'
      WHEN max(age_decade) >= 70 THEN '70歳以上'
    END AS band
  FROM cases
  WHERE disease = $disease
  GROUP BY case_id
),
stays AS (
  SELECT
    ages.band,
    placements.from_day,
    CASE WHEN placements.to_day <= $to THEN placements.to_day END AS to_day
  FROM placements LEFT JOIN ages ON ages.case_id = placements.case_id
  WHERE placements.disease = $disease AND placements.place = 'hospital'
    AND placements.from_day <= $to
    AND (placements.to_day IS NULL OR placements.to_day > $from)
)
SELECT band, from_day, to_day, count(*) AS stays
FROM stays
GROUP BY band, from_day, to_day
ORDER BY CASE band WHEN '40歳未満' THEN 1 WHEN '40–69歳' THEN 2 ELSE 3 END, band NULLS LAST, from_day, to_day NULLS LAST
