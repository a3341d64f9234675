-- title.ja: 発病日別の推計（報告遅れを補正）
-- title.en: Nowcast by onset
-- unit: persons
-- shape: series
-- group: dynamics
-- measure: nowcast(longest=21)
-- basis: 受理
-- date: 発病日
-- numerator: 報告が出そろったときに見込まれる発病者（50・80・95%区間）。21日を超えて遅れる報告は含まない
-- source: cases
-- told_by: onset_day, received_day
-- counted_by: onset_day 発病日なし・不明
-- lag_days: 10
-- missing: gap
-- high_is: bad
-- columns: day 発病日 ; value 推計 ; lower50 50%下限 ; upper50 50%上限 ; lower80 80%下限 ; upper80 80%上限 ;
--   lower 95%下限 ; upper 95%上限 ; known 判明済み ; reason 理由
-- days: 56

-- A property of the record: of the days that are not yet complete the same reports tell, whatever days are asked for. Where
-- older days are asked for all that is older is read too.
SELECT onset_day AS day, known_day, CAST(sum(delta) AS BIGINT) AS cases
FROM cases_changes
WHERE disease = $disease
  AND source IN (SELECT source FROM first_days WHERE received IS NOT NULL)
  AND onset_day <= $as_of_day
  AND (onset_day >= CAST($as_of_day AS DATE) - 115 OR CAST($from AS DATE) < CAST($as_of_day AS DATE) - 115)
GROUP BY onset_day, known_day
ORDER BY onset_day, known_day
