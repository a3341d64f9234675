-- title.ja: 終了が開始より前の滞在
-- title.en: Stays that end before they start
-- columns: source 出典 ; from_day 開始日 ; rows 件数
SELECT source, from_day, count(*) AS rows
FROM placements
WHERE to_at < from_at
GROUP BY source, from_day
ORDER BY source, from_day
