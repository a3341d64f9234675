-- title.ja: 発生届のない滞在
-- title.en: Stays of people without a notification
-- columns: source 出典 ; from_day 開始日 ; rows 件数
SELECT source, from_day, count(*) AS rows
FROM placements
WHERE NOT EXISTS (
  SELECT 1 FROM cases WHERE cases.case_id = placements.case_id AND cases.disease = placements.disease
)
GROUP BY source, from_day
ORDER BY source, from_day
