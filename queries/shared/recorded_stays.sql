-- Since when there are records of stays, from sources that can tell of what is asked (`mute`: those that can't). Before that
-- nothing was counted, which is no zero.
SELECT min(first_day) AS first_day FROM first_stays WHERE NOT EXISTS (SELECT 1 FROM mute WHERE mute.source = first_stays.source)
