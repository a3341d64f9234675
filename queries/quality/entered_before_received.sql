-- title.ja: 受理より前に入力された届出
-- title.en: Notifications entered before they were received
-- columns: source 出典 ; received_day 受理日 ; rows 件数
SELECT source, received_day, count(*) AS rows
FROM cases
WHERE entered_at < received_at
GROUP BY source, received_day
ORDER BY source, received_day
