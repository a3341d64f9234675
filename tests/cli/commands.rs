//! What single commands say, and their exit codes.

use super::Place;
use super::place::rows_of;

#[test]
fn a_trial_names_columns_and_rows_and_no_value() {
    let place = Place::new();
    place.write(
        "try.csv",
        "整理番号,公表日,年齢,性別,氏名,メモ\nT000001,2020/03/04,37,男,港野 花子,090-1234-5678\n\
         T000002,あした,37,男,港野 花子,x\nなまえ,2020/03/04,37,女,港野 花子,x\n",
    );
    let tried = place.run(&["source", "try", "town-list", "try.csv"]);
    assert_eq!(tried.code, 1, "two of three rows: {}", tried.err);
    let said = tried.out + &tried.err;
    for part in ["整理番号", "公表日", "年齢", "氏名", "メモ", "row 3, 公表日", "row 4, 整理番号", "UTF-8"]
    {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    for value in ["T00000", "2020/03/04", "あした", "なまえ", "港野", "花子", "090", "37"] {
        assert!(!said.contains(value), "{value} is in\n{said}");
    }
    assert!(!place.path("data").exists(), "a trial writes nothing");
}

#[test]
fn exit_codes() {
    let place = Place::new();
    let wrong_use = [
        &["lod"][..],
        &["show", "deaths", "--format", "xml"],
        &["show", "deaths", "--against", "2019"],
        &["show", "--from", "2026-11-01"],
        &["show", "--format", "csv"],
        &["explain", "deaths", "--from", "2026-11-01"],
        &["load"],
        &["show", "deaths", "--by", ""],
        &["show", "deaths", "--bands", ""],
        &["show", "deaths", "--disease", ""],
        &["show", "deaths", "--from", ""],
        &["show", "deaths", "--to", ""],
        &["show", "deaths", "--as-of", ""],
        &["show", "deaths", "--against", ""],
        &["show", "deaths", "--format", ""],
        &["show", "deaths", "--by", "day", "--by", "day"],
        &["explain", "deaths", "--disease", ""],
        &["board", "show", "today", "--at", ""],
    ];
    for args in wrong_use {
        assert_eq!(place.run(args).code, 2, "{args:?}");
    }
    let errors = [
        &["show", "no_such_indicator"][..],
        &["show", "new_cases_published", "--from", "yesteryear"],
        &["show", "new_cases_published", "--from", "2026-11-20", "--to", "2026-11-01"],
        &["show", "new_cases_published", "--as-of", "2199-01-01"],
        &["show", "new_cases_published", "--to", "2199-01-01"],
        &["show", "new_cases_published", "--as-of", "2026-01-01", "--from", "2026-01-02"],
        &["show", "new_cases_published", "--bands", "ten"],
        &["show", "new_cases_published", "--by", "hour"],
        &["show", "new_cases_published", "--disease", "smallpox"],
        &["show", "alerts_weekly", "--disease", "measles"],
        &["show", "under_care", "--from", "2026-11-01"],
        &["show", "received_today", "--to", "2026-11-01"],
        &["explain", "no_such_indicator"],
        &["explain", "deaths", "--disease", "smallpox"],
        &["board", "show", "no-such-board"],
        &["board", "show", "today", "--at", "2199-01-01"],
        &["board", "show", "today", "--at", "2020-01-01"],
        &["load", "no-such-source", "x.csv"],
        &["load", "town-list", "no-such-file.csv"],
        &["load", "town-list"],
        &["job", "run", "no-such-job"],
        &["restore", "no-such-backup", "--data-dir", "elsewhere"],
        &["--config", "no-such.toml", "check"],
    ];
    for args in errors {
        let said = place.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}", said.err);
        assert_eq!(said.err.trim_end().lines().count(), 1, "one line: {}", said.err);
        assert!(said.err.starts_with("hinomi: "), "{}", said.err);
    }
    for args in [&["--help"][..], &["--version"], &["check"], &["show"], &["board", "list"]] {
        assert_eq!(place.run(args).code, 0, "{args:?}");
    }
}

#[test]
fn errors_are_said_in_japanese_and_in_english() {
    let place = Place::new();
    for (args, ja, en) in [
        (
            &["show", "new_cases_published", "--from", "2026-12-01", "--to", "2026-01-01"][..],
            "開始日 2026-12-01 が終了日 2026-01-01 より後です",
            "is later than",
        ),
        (&["show", "under_care", "--from", "2026-11-01"], "一時点の値", "takes no period"),
        (&["show", "deaths", "--by", "hour"], "使える値: day, week", "accepted: day, week"),
        (&["show", "deaths", "--disease", "smallpox"], "使える値: covid-19", "measles"),
        (&["show", "no_such"], "指標 no_such はありません", "no indicator no_such"),
        (&["board", "show", "no-such"], "ボード no-such はありません", "no board no-such"),
    ] {
        let said = place.run(args);
        assert_eq!(said.code, 1, "{args:?}");
        assert!(said.err.contains(ja) && said.err.contains(en), "{args:?}: {}", said.err);
    }
    let now = place.ok(&["show", "under_care", "--as-of", "2026-01-01"]);
    assert!(now.contains("as of 2026-01-01 23:59") && !now.contains(" – "), "no period: {now}");
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let place = Place::new();
    let commands = [
        "demo",
        "init",
        "serve",
        "check",
        "source",
        "source list",
        "source try",
        "load",
        "show",
        "board",
        "board list",
        "board show",
        "job",
        "job list",
        "job run",
        "backup",
        "restore",
        "rebuild",
        "verify",
        "synth",
        "manual",
    ];
    for command in commands {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = place.ok(&args);
        assert!(help.contains("Example"), "{command}: {help}");
        assert!(help.contains(&format!("  hinomi {}", args[0])), "{command}: {help}");
    }
}

#[test]
fn settings_come_from_the_environment_too() {
    let place = Place::new();
    let run = |name: &str, value: &str, args: &[&str]| {
        place.command(args).env(name, value).output().expect("the program starts").status.code()
    };
    assert_eq!(run("HINOMI__NO_SUCH_KEY", "1", &["check"]), Some(1));
    assert_eq!(run("HINOMI__DATA_DIR", "other", &["job", "list"]), Some(0));
    assert!(place.path("other/hinomi.duckdb").exists());
    assert_eq!(run("HINOMI__SOURCES__TOWN_LIST__ON", "true", &["source", "list"]), Some(0));
    assert_eq!(run("HINOMI__SOURCES__NO_SUCH__ON", "true", &["source", "list"]), Some(1));
    assert_eq!(run("HINOMI__LISTEN", "0.0.0.0:0", &["serve"]), Some(1));
}

#[test]
fn init_makes_a_place_to_start_from() {
    let place = Place::new();
    place.ok(&["init", "fresh"]);
    assert!(place.path("fresh/data/inbox/her-sys-cases").is_dir());
    assert_eq!(place.run(&["init", "fresh"]).code, 1, "never over settings");
    place.ok(&["--config", "fresh/hinomi.toml", "check"]);
    assert!(place.path("fresh/data/hinomi.duckdb").exists());
}

#[test]
fn forecasts_are_put_to_the_test() {
    let place = Place::new();
    place.list("20200305T180000.csv", 0, 30, "2020/03/04");
    place.ok(&["load", "town-list", "20200305T180000.csv"]);
    // Nobody in hospital, no delay known: rows that give reasons, and no score to speak of.
    let said = place.ok(&["job", "run", "backtest"]);
    assert!(said.contains("3 indicators put to the test") && !said.contains("score"), "{said}");
    let jobs = place.ok(&["job", "list"]);
    let line = jobs.lines().find(|line| line.starts_with("backtest")).expect("listed");
    assert!(line.contains("done"), "{line}");
    let shown = rows_of(&place.ok(&["show", "bed_backtest", "--format", "csv"]));
    assert_eq!(shown.lines().count(), 4, "three horizons: {shown}");
    assert!(!shown.contains("NaN") && !shown.contains("inf"), "{shown}");
}
