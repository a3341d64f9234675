-- Since when each source has told of cases, of whatever disease, by each date that they are counted by. Where a source never
-- gave such a date it has told nothing by it. Cases by onset and by the date on the form are those
-- of a source that tells when it received them, whether or not the day of each could be read.
SELECT
  source,
  min(received_day) AS received,
  min(published_day) AS published,
  CASE WHEN count(onset_day) > 0 THEN min(received_day) END AS onset,
  CASE WHEN count(reported_day) > 0 THEN min(received_day) END AS reported
FROM cases
GROUP BY source
ORDER BY source
