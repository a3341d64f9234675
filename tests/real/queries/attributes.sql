-- How many cases have each kept attribute known.
SELECT
  CAST(COUNT(*) AS BIGINT) AS n,
  CAST(COUNT(age_decade) AS BIGINT) AS ages,
  CAST(COUNT(*) FILTER (WHERE age_decade = 90) AS BIGINT) AS over_90,
  CAST(COUNT(*) FILTER (WHERE sex = 'M') AS BIGINT) AS men,
  CAST(COUNT(*) FILTER (WHERE sex = 'F') AS BIGINT) AS women,
  CAST(COUNT(*) FILTER (WHERE residence = 'in_area') AS BIGINT) AS in_area,
  CAST(COUNT(*) FILTER (WHERE residence = 'out_of_area') AS BIGINT) AS out_of_area,
  CAST(COUNT(*) FILTER (WHERE status = 'released') AS BIGINT) AS released,
  CAST(COUNT(onset_day) AS BIGINT) AS onsets,
  CAST(COUNT(diagnosed_day) AS BIGINT) AS diagnoses
FROM cases
