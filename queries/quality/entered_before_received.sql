-- title.ja: 受理より前に代行入力された届出
-- title.en: Notifications typed in for a doctor before they were received
-- columns: source 出典 ; received_day 受理日 ; rows 件数
-- note: a doctor who enters a notification does so before the centre receives it; one typed in for a doctor comes after
SELECT source, received_day, count(*) AS rows
FROM cases
WHERE channel = 'fax' AND entered_at < received_at
GROUP BY source, received_day
ORDER BY source, received_day
