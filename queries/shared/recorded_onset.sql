-- Since when there are records by which cases received here have their onset, from sources that can tell of what is asked (`mute`: those that can't).
-- Before that nothing was counted, which is no zero.
SELECT min(onset) AS first_day FROM first_days WHERE NOT EXISTS (SELECT 1 FROM mute WHERE mute.source = first_days.source)
