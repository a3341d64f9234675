-- Since when there are records of cases, of whatever disease: before that nothing was counted, which is no zero.
SELECT min(received_day) AS first_day FROM cases
