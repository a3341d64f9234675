-- title.ja: 報告日別の推計（報告遅れを補正）
-- title.en: Nowcast by report date
-- unit: persons
-- shape: series
-- group: dynamics
-- measure: nowcast(longest=14)
-- basis: 受理
-- date: 報告年月日
-- numerator: 報告が出そろったときに見込まれる報告数（50・80・95%区間）。14日を超えて遅れる報告は含まない
-- source: cases
-- told_by: reported_day, received_day
-- counted_by: reported_day 報告年月日不明
-- lag_days: 5
-- missing: gap
-- high_is: bad
-- columns: day 報告日 ; value 推計 ; lower50 50%下限 ; upper50 50%上限 ; lower80 80%下限 ; upper80 80%上限 ;
--   lower 95%下限 ; upper 95%上限 ; known 判明済み ; reason 理由
-- days: 56

-- A property of the record: of the days that are not yet complete the same reports tell, whatever days are asked for. Where
-- older days are asked for all that is older is read too.
SELECT reported_day AS day, known_day, CAST(sum(delta) AS BIGINT) AS cases
FROM cases_changes
WHERE disease = $disease
  AND source IN (SELECT source FROM first_days WHERE received IS NOT NULL)
  AND reported_day <= $as_of_day
  AND (reported_day >= CAST($as_of_day AS DATE) - 115 OR CAST($from AS DATE) < CAST($as_of_day AS DATE) - 115)
GROUP BY reported_day, known_day
ORDER BY reported_day, known_day
