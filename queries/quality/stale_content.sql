-- title.ja: 中身の新しくない情報源
-- title.en: A source whose content is not new
-- columns: source 情報源 ; newest 最も新しい公表日
-- note: the newest published day is more than two days before the day asked about: an older copy came again, or none came
SELECT source, newest
FROM (
  SELECT source, MAX(published_day) AS newest
  FROM cases
  WHERE channel = 'open_data'
  GROUP BY source
) AS latest
WHERE newest < $as_of_day - INTERVAL '2' DAY
ORDER BY source
