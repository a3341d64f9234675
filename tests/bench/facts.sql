-- Made-up facts, by the set: the same rows go into the store's own tables (with their history) and into plain tables
-- (without any). (rows) cases over (days) days up to (today). Of n everything follows.

-- name: settings
SET threads = {threads}; SET memory_limit = {memory}

-- name: lift
SELECT
{list},
  {more}
FROM {from}

-- name: csv
-- What the engine alone needs to make a table of a file.
CREATE TABLE notifications AS SELECT * FROM read_csv({file}, header = true, all_varchar = true)

-- name: staged
({made}) AS staged

-- name: staged_now
-- Those known now, as they lie in the store: in the order in which they became known, a corrected one with those of
-- two weeks later.
({made}) AS staged ORDER BY n - CASE WHEN n % 20 = 0 THEN 14.0 * {rows} / {days} ELSE 0 END

-- name: staged_before
-- The earlier version of those that have had two.
({made}) AS staged WHERE n % 20 = 0

-- name: dated_now
-- Those known now, where each day has a batch of its own, in the order in which they became known.
(SELECT *, {told} FROM ({made}) AS made) AS staged ORDER BY coalesce(corrected_day, told_day), n

-- name: dated_before
(
  SELECT {earlier} FROM (SELECT *, {told} FROM ({made}) AS made) AS dated WHERE corrected_day IS NOT NULL
) AS staged

-- name: batch_of_day
-- The first day's batch is the first; what was there before belongs to it as well.
greatest(1, {days} - ({today} - {day}))

-- name: told_cases
-- The day on which a row became known, and that on which another took its place.
least(received_day + CAST(hash(n + 3) % 3 AS INTEGER), {today}) AS told_day,
  CASE WHEN n % 20 = 0 AND received_day + 14 <= {today} THEN received_day + 14 END AS corrected_day

-- name: told_placements
least(from_day + CAST(hash(n + 3) % 3 AS INTEGER), {today}) AS told_day, to_day AS corrected_day

-- name: told_bed_reports
reported_day AS told_day, CAST(NULL AS DATE) AS corrected_day

-- name: told_aggregate_counts
day AS told_day, CAST(NULL AS DATE) AS corrected_day

-- name: told_population
CAST(month AS DATE) AS told_day, CAST(NULL AS DATE) AS corrected_day

-- name: told_otherwise
{today} - {days} AS told_day, CAST(NULL AS DATE) AS corrected_day

-- name: earlier_placements
-- A stay that still went on.
* REPLACE (CAST(NULL AS TIMESTAMP) AS to_at, CAST(NULL AS DATE) AS to_day)

-- name: earlier_otherwise
*

-- name: even
-- Of a share of all rows: days before today. The same number of cases each day.
{days} * (n / CAST({rows} AS DOUBLE))

-- name: waves
-- Waves of half a year, from 0.6 to 5 times what they would be otherwise; today is on the way up.
{days} * (n / CAST({rows} AS DOUBLE) - 0.8 * (cos(2 * pi() * {waves} * n / CAST({rows} AS DOUBLE)) - 1) / (2 * pi() * {waves}))

-- name: plain
CREATE TABLE {table} AS {rows}

-- name: plain_columns
-- What the store's views show beside the table's own columns.
'{source}' AS source, CAST({case_id} AS INTEGER) AS case_id

-- name: current
INSERT INTO latest.{table} BY NAME {rows}

-- name: closed
INSERT INTO vault.{table}_closed BY NAME {rows}

-- name: current_columns
'{source}' AS source, CAST({case_id} AS INTEGER) AS case_id, CAST(0 AS UBIGINT) AS key__, hash(n) AS content__,
  CAST(n + 2 AS UINTEGER) AS row__, CAST({known_from} AS UINTEGER) AS known_from

-- name: closed_columns
'{source}' AS source, CAST({case_id} AS INTEGER) AS case_id, CAST(0 AS UBIGINT) AS key__, hash(n + 1) AS content__,
  CAST(n + 2 AS UINTEGER) AS row__, CAST({known_from} AS UINTEGER) AS known_from, CAST({known_to} AS UINTEGER) AS known_to

-- name: batches
INSERT INTO vault.batches BY NAME
SELECT
  batch, accepted_at, '{kind}' AS kind, 'her-sys-cases' AS source, 'cases' AS of_table, '' AS mapping,
  0 AS delivery, 0 AS opened, 0 AS closed, 0 AS identities
FROM (VALUES {batches}) AS made(batch, accepted_at)

-- name: delivery
-- That a source spoke, and no more.
INSERT INTO vault.deliveries BY NAME
SELECT
  {delivery} AS delivery, '{source}' AS source, '{table}' AS of_table, '' AS name, {at} AS received_at,
  'unchanged' AS outcome, '' AS mapping, '' AS digest, 0 AS bytes, 0 AS rows, 0 AS opened, 0 AS closed, 0 AS unchanged,
  0 AS quarantined, 0 AS held, false AS stale, false AS replay, 0 AS new_rows, 0 AS changed, 0 AS merged,
  0 AS contradicting, 0 AS withdrawn, 0 AS stored_before, false AS by_person

-- name: identities
INSERT INTO vault.identities
SELECT 'hersys', hash(n), hash(n + 1), CAST(n + 1 AS INTEGER), CAST(1 AS UINTEGER) FROM range({rows}) AS made(n)

-- name: cases
SELECT
  n,
  'covid-19' AS disease,
  CASE WHEN h % 100 < 86 THEN 'confirmed' WHEN h % 100 < 95 THEN 'asymptomatic' ELSE 'suspected' END AS class,
  CASE WHEN h % 7 = 0 THEN 'fax' ELSE 'hersys' END AS channel,
  CASE WHEN h % 29 = 0 THEN 'transferred_out' WHEN h % 31 = 0 THEN 'transferred_in' ELSE 'here' END AS jurisdiction,
  h % 23 <> 0 AS resident,
  CAST(NULL AS VARCHAR) AS residence,
  CASE g % 6
    WHEN 0 THEN 'shiba' WHEN 1 THEN 'azabu' WHEN 2 THEN 'akasaka' WHEN 3 THEN 'takanawa' WHEN 4 THEN 'shibaura'
  END AS district,
  CASE WHEN g % 1000 < 503 THEN 'M' WHEN g % 1000 < 998 THEN 'F' ELSE 'X' END AS sex,
  age,
  CAST(floor(age / 10.0) AS INTEGER) * 10 AS age_decade,
  CASE WHEN h % 11 <> 0 THEN received - 1 - CAST(g % 5 AS INTEGER) END AS onset_day,
  received - 1 AS sampled_day,
  received - 1 AS first_visit_day,
  received - CAST(h % 2 AS INTEGER) AS diagnosed_day,
  CASE WHEN h % 3 = 0 THEN received - 6 END AS infected_day,
  received - CAST(h % 13 = 0 AS INTEGER) AS reported_day,
  received_at,
  received AS received_day,
  received_at + to_minutes(CAST(g % 300 AS BIGINT)) AS entered_at,
  received AS entered_day,
  received + 1 AS published_day,
  received_at + to_minutes(CAST(g % 900 AS BIGINT)) AS first_contact_at,
  received AS first_contact_day,
  CASE WHEN h % 700 = 0 THEN received + 9 END AS death_day,
  CASE WHEN h % 700 = 0 THEN received + 11 END AS death_published_day,
  CASE WHEN h % 100 < 90 THEN 'mild' WHEN h % 100 < 97 THEN 'none' ELSE 'moderate1' END AS severity,
  CASE WHEN h % 3 = 0 THEN 95 + g % 5 END AS spo2,
  h % 4 <> 0 AS fever,
  h % 2 = 0 AS cough,
  h % 60 = 0 AS pneumonia,
  g % 3 = 0 AS malaise,
  g % 9 = 0 AS taste_smell,
  g % 150 = 0 AS pregnant,
  g % 70 = 0 AS immunosuppressed,
  g % 20 = 0 AS diabetes,
  g % 6 = 0 AS smoker,
  g % 10 < 7 AS vaccine1,
  g % 10 < 6 AS vaccine2,
  g % 10 < 4 AS vaccine3,
  CASE WHEN h % 3 = 0 THEN 'antigen_qual' ELSE 'pcr' END AS test_method,
  CASE h % 4 WHEN 0 THEN 'known' WHEN 1 THEN 'presumed' WHEN 2 THEN 'unknown' END AS route,
  h % 33 = 0 AS admission_needed,
  h % 99 = 0 AS admitted_at_report,
  CASE WHEN h % 33 = 0 THEN received + 1 END AS admitted_day,
  CASE WHEN back > 10 THEN 'released' WHEN h % 33 = 0 THEN 'hospital' ELSE 'home' END AS status,
  CAST(NULL AS VARCHAR) AS unread
FROM (
  SELECT
    n, h, g, back, {today} - back AS received,
    CAST({today} - back AS TIMESTAMP) + to_minutes(CAST(g % 600 AS BIGINT)) AS received_at,
    CAST(least(g % 97, 90) AS SMALLINT) AS age
  FROM (
    SELECT
      n, hash(n) AS h, hash(n + 1000000007) AS g,
      CAST(floor({back}) AS INTEGER) AS back
    FROM range({rows}) AS made(n)
  ) AS dice
) AS dated

-- name: placements
-- One stay a case; of those of the last days some are still going on.
SELECT
  n,
  'covid-19' AS disease,
  1 AS stay,
  CASE
    WHEN h % 33 = 0 THEN 'hospital' WHEN h % 9 = 0 THEN 'hotel' WHEN h % 211 = 0 THEN 'awaiting'
    WHEN h % 97 = 0 THEN 'undecided' ELSE 'home'
  END AS place,
  CASE
    WHEN h % 33 = 0 THEN 'H00' || CAST(1 + g % 6 AS VARCHAR) WHEN h % 9 = 0 THEN 'Y00' || CAST(1 + g % 2 AS VARCHAR)
  END AS facility_id,
  g % 5 <> 0 AS in_ward,
  CASE WHEN h % 211 = 0 THEN 'today' END AS urgency,
  CASE WHEN h % 66 = 0 THEN 'severe' ELSE 'mild' END AS severity,
  CASE WHEN h % 33 = 0 THEN 'tokyo' ELSE 'diagnosis' END AS severity_basis,
  CAST(from_day AS TIMESTAMP) + to_minutes(CAST(g % 600 AS BIGINT)) AS from_at,
  from_day,
  CASE WHEN back > lasts THEN CAST(from_day + lasts AS TIMESTAMP) END AS to_at,
  CASE WHEN back > lasts THEN from_day + lasts END AS to_day,
  CAST(NULL AS VARCHAR) AS unread
FROM (
  SELECT n, h, g, back, {today} - back AS from_day, 3 + CAST(hash(n + 11) % 13 AS INTEGER) AS lasts
  FROM (
    SELECT
      n, hash(n) AS h, hash(n + 1000000007) AS g,
      CAST(floor({back}) AS INTEGER) AS back
    FROM range({rows}) AS made(n)
  ) AS dice
) AS dated

-- name: facilities
SELECT
  n, 'H00' || CAST(n + 1 AS VARCHAR) AS facility_id, 'hospital' AS kind, true AS in_ward, 'shiba' AS district
FROM range(6) AS made(n)

-- name: bed_capacity
SELECT
  n, 'H00' || CAST(n + 1 AS VARCHAR) AS facility_id, 'covid-19' AS disease, {today} - {days} AS from_day,
  40 AS secured, 35 AS ready, 50 AS final_phase, 6 AS secured_severe, 5 AS ready_severe
FROM range(6) AS made(n)

-- name: bed_reports
SELECT
  n, 'H00' || CAST(1 + n % 6 AS VARCHAR) AS facility_id, 'covid-19' AS disease,
  CAST({today} - CAST(floor(n / 6.0) AS INTEGER) AS TIMESTAMP) AS reported_at,
  {today} - CAST(floor(n / 6.0) AS INTEGER) AS reported_day,
  20 + hash(n) % 15 AS occupied, 20 + hash(n) % 12 AS occupied_secured, hash(n) % 5 AS severe,
  'tokyo' AS severity_basis
FROM range(6 * {days}) AS made(n)

-- name: population
SELECT
  n, '131032' AS area,
  CASE CAST(floor(n / 182.0) AS INTEGER) % 5
    WHEN 0 THEN 'shiba' WHEN 1 THEN 'azabu' WHEN 2 THEN 'akasaka' WHEN 3 THEN 'takanawa' ELSE 'shibaura'
  END AS district,
  date_trunc('month', {today}) - to_months(CAST(floor(n / 910.0) AS INTEGER)) AS month,
  CASE WHEN n % 2 = 0 THEN 'M' ELSE 'F' END AS sex,
  CAST(floor(n / 2.0) AS INTEGER) % 91 AS age,
  CAST(floor((CAST(floor(n / 2.0) AS INTEGER) % 91) / 10.0) AS INTEGER) * 10 AS age_decade,
  280 AS persons
FROM range(910 * (1 + CAST(ceil({days} / 30.0) AS INTEGER))) AS made(n)

-- name: aggregate_counts
SELECT
  n, 'covid-19' AS disease, 'cumulative_positive' AS series,
  CASE n % 5 WHEN 0 THEN '131016' WHEN 1 THEN '131024' WHEN 2 THEN '131032' WHEN 3 THEN '131041' ELSE '131059' END AS area,
  'municipality' AS area_class, {today} - CAST(floor(n / 5.0) AS INTEGER) AS day,
  CAST(NULL AS VARCHAR) AS sex, CAST(NULL AS SMALLINT) AS age_decade,
  3 * (1 + n % 5) * ({days} - CAST(floor(n / 5.0) AS INTEGER)) AS value
FROM range(5 * {days}) AS made(n)

-- name: unsealed
-- The archive behind these facts is empty and has no seals, as one of before there were any.
DELETE FROM vault.meta WHERE name = 'head'
