-- table: cases
-- subject: yes
-- happened: yes
-- usually: onset_day reported_day ; sampled_day reported_day ; diagnosed_day reported_day ; diagnosed_day death_day ; reported_day received_day
-- cluster: received_day reported_day published_day diagnosed_day onset_day
-- counts: persons
-- One notified case (発生届). Columns with no note are null when unknown; an event is null when it has not
-- happened, or on an unknown day where `unread` names it or its condition holds.
SELECT
  CAST(disease AS VARCHAR) AS disease,                    -- rule: code; covid-19, measles, …
  CAST(class AS VARCHAR) AS class,                        -- rule: code; 当該者の類型; codes: confirmed asymptomatic suspected died died_suspected
  CAST(channel AS VARCHAR) AS channel,                    -- rule: code; codes: hersys fax nesid open_data
  CAST(jurisdiction AS VARCHAR) AS jurisdiction,          -- rule: code; 管内; codes: here transferred_in transferred_out
  CAST(resident AS BOOLEAN) AS resident,                  -- 区民
  CAST(residence AS VARCHAR) AS residence,                -- rule: code; open data; codes: in_area out_of_area
  CAST(district AS VARCHAR) AS district,                  -- rule: district; 地区 code; null: 不明
  CAST(sex AS VARCHAR) AS sex,                            -- rule: code; codes: M F X
  CAST(age AS SMALLINT) AS age,                           -- rule: age; years, 90 = 90 and over; null when only the band is known
  CAST(age_decade AS SMALLINT) AS age_decade,             -- rule: decade; 0, 10 … 90 (90 and over)
  CAST(onset_day AS DATE) AS onset_day,                   -- 発病日
  CAST(sampled_day AS DATE) AS sampled_day,               -- 検体採取日
  CAST(first_visit_day AS DATE) AS first_visit_day,       -- 初診日
  CAST(diagnosed_day AS DATE) AS diagnosed_day,           -- 診断日
  CAST(infected_day AS DATE) AS infected_day,             -- 感染推定日
  CAST(reported_day AS DATE) AS reported_day,             -- 報告年月日
  CAST(received_at AS TIMESTAMP) AS received_at,          -- 受理日時, UTC
  CAST(received_day AS DATE) AS received_day,             -- 受理日, JST
  CAST(entered_at AS TIMESTAMP) AS entered_at,            -- 入力日時, UTC
  CAST(entered_day AS DATE) AS entered_day,
  CAST(published_day AS DATE) AS published_day,           -- event: channel = 'open_data'; 公表日
  CAST(first_contact_at AS TIMESTAMP) AS first_contact_at, -- 初回連絡, UTC
  CAST(first_contact_day AS DATE) AS first_contact_day,   -- event
  CAST(death_day AS DATE) AS death_day,                   -- event: class = 'died' OR status = 'died'
  CAST(death_published_day AS DATE) AS death_published_day, -- event
  CAST(severity AS VARCHAR) AS severity,                  -- rule: code; 診断時; codes: none mild moderate1 moderate2 severe
  CAST(spo2 AS SMALLINT) AS spo2,                         -- rule: number 0 100
  CAST(fever AS BOOLEAN) AS fever,
  CAST(cough AS BOOLEAN) AS cough,
  CAST(pneumonia AS BOOLEAN) AS pneumonia,
  CAST(malaise AS BOOLEAN) AS malaise,
  CAST(taste_smell AS BOOLEAN) AS taste_smell,
  CAST(pregnant AS BOOLEAN) AS pregnant,
  CAST(immunosuppressed AS BOOLEAN) AS immunosuppressed,
  CAST(diabetes AS BOOLEAN) AS diabetes,
  CAST(smoker AS BOOLEAN) AS smoker,
  CAST(vaccine1 AS BOOLEAN) AS vaccine1,
  CAST(vaccine2 AS BOOLEAN) AS vaccine2,
  CAST(vaccine3 AS BOOLEAN) AS vaccine3,
  CAST(test_method AS VARCHAR) AS test_method,            -- rule: code; codes: pcr antigen_quant antigen_qual antibody isolation clinical
  CAST(route AS VARCHAR) AS route,                        -- rule: code; 感染経路; codes: known presumed unknown
  CAST(admission_needed AS BOOLEAN) AS admission_needed,
  CAST(admitted_at_report AS BOOLEAN) AS admitted_at_report,
  CAST(admitted_day AS DATE) AS admitted_day,
  CAST(status AS VARCHAR) AS status,                      -- rule: code; codes: home hotel hospital hospital_severe released died
  CAST(unread AS VARCHAR) AS unread                       -- rule: store; columns whose cell was filled and gave no value: ,death_day,
FROM staged
