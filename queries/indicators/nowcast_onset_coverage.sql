-- title.ja: 推計の的中率（発病後7日以内）
-- title.en: How often the nowcast's bands held
-- unit: percent
-- shape: breakdown
-- measure: nowcast_coverage(longest=21)
-- basis: 受理
-- date: 発病日
-- numerator: 過去の各日に推計したとして、区間に入った推計の割合
-- source: cases
-- lag_days: 10
-- missing: gap
-- high_is: good
-- columns: level 区間 ; value 的中率 ; forecasts 推計数 ; reason 理由
-- days: 56
SELECT onset_day AS day, known_day, CAST(sum(delta) AS BIGINT) AS cases
FROM cases_changes
WHERE disease = $disease
  AND received_day IS NOT NULL
  AND onset_day BETWEEN CAST($from AS DATE) - INTERVAL '60' DAY AND $to
GROUP BY onset_day, known_day
ORDER BY onset_day, known_day
