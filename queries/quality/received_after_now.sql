-- title.ja: 未来の日時のある記録
-- title.en: Records of times in the future
-- columns: source 出典 ; field 項目 ; day 日付 ; rows 件数
-- note: tables of what has happened, by every day and time that they hold: nothing of it can be known before it is
SELECT source, field, day, count(*) AS rows
FROM (
  SELECT source, '発病日' AS field, onset_day AS day FROM cases WHERE onset_day > $as_of_day
  UNION ALL
  SELECT source, '検体採取日' AS field, sampled_day AS day FROM cases WHERE sampled_day > $as_of_day
  UNION ALL
  SELECT source, '初診日' AS field, first_visit_day AS day FROM cases WHERE first_visit_day > $as_of_day
  UNION ALL
  SELECT source, '診断日' AS field, diagnosed_day AS day FROM cases WHERE diagnosed_day > $as_of_day
  UNION ALL
  SELECT source, '感染推定日' AS field, infected_day AS day FROM cases WHERE infected_day > $as_of_day
  UNION ALL
  SELECT source, '報告年月日' AS field, reported_day AS day FROM cases WHERE reported_day > $as_of_day
  UNION ALL
  SELECT source, '受理日時' AS field, received_day AS day
  FROM cases WHERE received_at > $as_of_at OR received_day > $as_of_day
  UNION ALL
  SELECT source, '入力日時' AS field, entered_day AS day
  FROM cases WHERE entered_at > $as_of_at OR entered_day > $as_of_day
  UNION ALL
  SELECT source, '公表日' AS field, published_day AS day FROM cases WHERE published_day > $as_of_day
  UNION ALL
  SELECT source, '初回連絡日時' AS field, first_contact_day AS day
  FROM cases WHERE first_contact_at > $as_of_at OR first_contact_day > $as_of_day
  UNION ALL
  SELECT source, '死亡日' AS field, death_day AS day FROM cases WHERE death_day > $as_of_day
  UNION ALL
  SELECT source, '死亡公表日' AS field, death_published_day AS day FROM cases WHERE death_published_day > $as_of_day
  UNION ALL
  SELECT source, '入院日' AS field, admitted_day AS day FROM cases WHERE admitted_day > $as_of_day
  UNION ALL
  SELECT source, '病床報告日時' AS field, reported_day AS day
  FROM bed_reports WHERE reported_at > $as_of_at OR reported_day > $as_of_day
  UNION ALL
  SELECT source, '集計日' AS field, day FROM aggregate_counts WHERE day > $as_of_day
) AS found
GROUP BY source, field, day
ORDER BY source, field, day
