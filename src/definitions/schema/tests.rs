use super::*;

#[test]
fn the_tables_are_read() {
    let (schema, errors) = Schema::read(&Definitions::embedded());
    assert!(errors.is_empty(), "{errors:?}");
    let cases = schema.table("cases").expect("the table");
    assert!(cases.subject && cases.happened);
    assert_eq!(cases.rule("age"), Some(&Rule::Age));
    assert_eq!(cases.rule("age_decade"), Some(&Rule::Decade));
    assert_eq!(cases.rule("spo2"), Some(&Rule::Number { least: 0, most: 100, decimals: false }));
    assert_eq!(cases.rule("sex"), Some(&Rule::Code(vec!["M".into(), "F".into(), "X".into()])));
    assert_eq!(cases.rule("disease"), Some(&Rule::Code(Vec::new())));
    assert_eq!(cases.rule("received_at"), Some(&Rule::Instant));
    assert_eq!(cases.rule(NOTE), Some(&Rule::Store));
    assert_eq!(cases.rule("name"), None);
    assert!(cases.counts_persons);
    let events: Vec<&str> = cases.events.keys().map(String::as_str).collect();
    assert_eq!(events, ["death_day", "death_published_day", "first_contact_day", "published_day"]);
    assert_eq!(cases.events["death_day"].as_deref(), Some("class = 'died' OR status = 'died'"));
    assert_eq!(cases.events["death_published_day"], None);
    assert!(cases.usually.contains(&("onset_day".to_owned(), "reported_day".to_owned())));
    assert!(cases.has_day("received_day") && !cases.has_day("received_at"));
    assert!(schema.table("placements").is_some_and(|t| !t.happened));
    assert!(schema.table("people").is_none());
    let totals = schema.table("aggregate_counts").expect("the table");
    let value = totals.column("value").expect("a column");
    assert_eq!((totals.version, value.sql_type.as_str()), (2, "DECIMAL(38,15)"));
    assert!(schema.tables.values().map(|table| table.columns.len()).sum::<usize>() > 60);
}

/// What has a beginning and an end says so, whatever the table.
#[test]
fn every_beginning_that_has_an_end_is_a_span() {
    let (schema, _) = Schema::read(&Definitions::embedded());
    let mut spans = 0;
    for table in schema.tables.values() {
        let stated = table.span_columns().concat();
        for column in &table.columns {
            let Some(unit) = column.name.strip_prefix("from_") else { continue };
            let end = format!("to_{unit}");
            if table.column(&end).is_some() {
                assert!(stated.contains(&(column.name.clone(), end)), "{}.{}", table.name, column.name);
                spans += 1;
            }
        }
    }
    assert_eq!(spans, 2);
}

#[test]
fn a_text_or_number_without_its_mark_can_hold_nothing() {
    assert_eq!(rule("VARCHAR", " 疾病名"), None);
    assert_eq!(rule("SMALLINT", ""), None);
    assert_eq!(rule("VARCHAR", " rule: age"), None);
    assert_eq!(
        rule("DECIMAL", " rule: number"),
        Some(Rule::Number { least: i64::MIN, most: i64::MAX, decimals: true })
    );
}

#[test]
fn what_is_no_table_is_named_by_its_line() {
    let good = "-- table: pets\n-- subject: no\n-- happened: yes\nSELECT\n  CAST(day AS DATE) AS day,\n  \
                CAST(dogs AS INTEGER) AS dogs   -- rule: number 0 9\nFROM staged\n";
    let read = |text: &str| Table::parse("queries/schema/0001_pets.sql", "0001_pets", text);
    let table = read(good).expect("reads");
    assert_eq!(table.list, "  CAST(day AS DATE) AS day,\n  CAST(dogs AS INTEGER) AS dogs");
    for (from, to, says) in [
        ("-- table: pets\n", "", "no table"),
        ("-- happened: yes\n", "", "happened: yes or no"),
        ("-- happened: yes\n", "-- happened: yes\n-- usually: day dogs\n", "usually: `day dogs`"),
        ("-- happened: yes\n", "-- happened: yes\n-- cluster: dogs\n", "cluster: `dogs`"),
        ("-- happened: yes\n", "-- happened: yes\n-- spans: day\n", "spans: `day`"),
        ("-- happened: yes\n", "-- happened: yes\n-- spans: day dogs\n", "spans: `day dogs`"),
        ("-- table: pets", "-- table: cats", "not named NNNN_cats.sql"),
        ("-- rule: number 0 9", "", "line 6: column dogs: no `-- rule:`"),
        ("dogs AS INTEGER", "dogs AS TEXT", "line 6: column dogs: the type TEXT"),
        ("CAST(dogs AS INTEGER) AS dogs", "dogs + 1 AS dogs", "line 6: not a column"),
        ("AS dogs ", "AS case_id ", "line 6: the column name case_id belongs to the store"),
        ("AS dogs ", "AS day ", "line 6: column day for the second time"),
        ("FROM staged", "FROM staged WHERE dogs > 1", "line 7: not one SELECT"),
        ("FROM staged\n", "", "does not end"),
    ] {
        let error = read(&good.replace(from, to)).expect_err(says).to_string();
        assert!(error.contains("0001_pets.sql") && error.contains(says), "{says}: {error}");
    }
}
