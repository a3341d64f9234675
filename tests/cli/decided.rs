//! Trials, replays and files that are held, by the command line: with a server and without one.

use super::Place;
use super::place::files_in;

const SOURCE: &str = "her-sys-cases";
const HEADER: &str =
    "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,報告年月日,受理日時\n";

/// Notifications of July 2022, three a day.
fn list(rows: u32) -> String {
    let row = |n: u32| {
        let day = n / 3 + 1;
        format!(
            "{},新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,○,女,41,港区芝公園,2022-07-{day:02},2022-07-{day:02} 10:00\n",
            900_000 + n
        )
    };
    HEADER.to_owned() + &(0..rows).map(row).collect::<String>()
}

const WHOLE: &str = "hersys_20220701-20220710_20220711T060000.csv";
const CUT: &str = "hersys_20220701-20220710_20220711T063000.csv";
const FIRST: &str = "hersys_20220701-20220710_first_20220711T063000.csv";
const SECOND: &str = "hersys_20220701-20220710_second_20220711T073000.csv";
const LATER: &str = "hersys_20220701-20220710_20220711T070000.csv";

fn with_files() -> Place {
    let place = Place::new();
    place.write(WHOLE, &list(30));
    place.write(CUT, &list(25));
    place.write(LATER, &list(30));
    place
}

/// The equation of the rows, whatever stands before it.
fn counts(said: &str) -> Vec<&str> {
    let lines = said.lines().filter(|line| line.contains(" held back; "));
    lines
        .map(|line| {
            line.rsplit_once(" · ")
                .map_or(line, |(_, en)| en.trim_start_matches(|c: char| !c.is_ascii_digit()))
        })
        .collect()
}

#[test]
fn a_replay_stops_at_a_file_that_is_held() {
    let place = with_files();
    let said = place.run(&["load", SOURCE, "--replay", WHOLE, CUT, LATER]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("30 rows = 30 new + 0 changed + 0 unchanged + 0 merged + 0 held back; 0 withdrawn")
    );
    assert!(
        said.err.contains(&format!("the replay stops at {CUT}; 1 later files were not taken")),
        "{}",
        said.err
    );
    assert!(!said.out.contains(LATER), "{}", said.out);
    // A person takes it: as the history that it was.
    let said = place.ok(&["source", "accept", SOURCE, CUT]);
    assert!(said.contains("5 withdrawn"), "{said}");
    let said = place.ok(&["load", SOURCE, "--replay", LATER]);
    assert!(said.contains("30 rows = 5 new + 0 changed + 25 unchanged"), "{said}");
}

/// What comes later would be known without what a refused file had to say: a replay stops there too, and says how to go on.
#[test]
fn a_replay_stops_at_a_file_that_is_refused() {
    let place = with_files();
    place.write(CUT, "これは,別の表です\n1,2\n");
    let said = place.run(&["load", SOURCE, "--replay", LATER, CUT, WHOLE]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("taken as batch 1") && !said.out.contains("batch 2"),
        "the oldest first: {}",
        said.out
    );
    assert!(
        said.err.contains(&format!("the replay stops at {CUT}; 1 later files were not taken")),
        "{}",
        said.err
    );
    let command = said.err.rsplit_once("go on with: ").map(|(_, command)| command).expect("how to go on");
    assert!(command.contains(CUT) && command.contains(LATER) && !command.contains(WHOLE), "{command}");
    // Once it is mended, the command that was said goes on.
    place.write(CUT, &list(30));
    let args: Vec<&str> =
        command.split_once(" (").map_or(command, |(args, _)| args).split_whitespace().skip(1).collect();
    let said = place.ok(&args);
    assert_eq!(said.matches("nothing new").count(), 2, "{said}");
    // So does a replay over a file that is not there to be read.
    let said = place.run(&["load", SOURCE, "--replay", "20260230T100000.csv", LATER]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(!said.out.contains(LATER), "{}", said.out);
}

/// Where one file belongs can't be told, none is taken: what goes in out of order can't be put right afterwards.
#[test]
fn a_replay_reads_every_stamp_before_it_takes_anything() {
    let place = with_files();
    for (name, text) in [("of_a_day.csv", list(3)), ("hersys_20220732T060000.csv", list(4))] {
        place.write(name, &text);
        let said = place.run(&["load", SOURCE, "--replay", LATER, name, WHOLE]);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(!said.out.contains("taken as batch"), "{}", said.out);
        assert!(
            said.err.contains(name) && said.err.contains("nothing was taken") && !said.err.contains(LATER),
            "{}",
            said.err
        );
    }
    let said = place.ok(&["load", SOURCE, "--replay", LATER, WHOLE]);
    assert!(said.contains("taken as batch 1"), "{said}");
}

/// A file that was cut off within its last cell reads as a whole one: only its missing line end tells.
#[test]
fn a_file_without_its_last_line_end_is_told_of_and_held_where_none_was_so() {
    let place = Place::new();
    let whole = super::place::list(0, 20, "2020-03-04");
    let cut = |text: &str| text[..text.len() - 2].to_owned();
    place.write("whole.csv", &whole);
    place.write("cut.csv", &cut(&super::place::list(0, 21, "2020-03-05")));
    let told = "22行目: 最後の行に改行がありません（途中で切れている恐れがあります） · row 22: the last line has no line end";
    let tried = place.ok(&["source", "try", "town-list", "cut.csv"]);
    assert!(tried.contains(told), "nothing is known of the source: {tried}");
    place.ok(&["load", "town-list", "whole.csv"]);
    for args in [["source", "try", "town-list", "cut.csv"].as_slice(), &["load", "town-list", "cut.csv"]] {
        let said = place.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}{}", said.out, said.err);
        let all = said.out + &said.err;
        assert!(all.contains(told) && all.contains("改行で終わっています"), "{args:?}: {all}");
    }
    // A person lets it pass: from then on files of the source may end so.
    place.ok(&["load", "town-list", "cut.csv", "--confirm"]);
    place.write("again.csv", &cut(&super::place::list(0, 22, "2020-03-06")));
    let said = place.ok(&["load", "town-list", "again.csv"]);
    assert!(said.contains("23行目: 最後の行に改行がありません"), "{said}");
    // A source whose files never end with one is never held for it, compressed or not.
    let other = Place::new();
    for (n, name) in ["a.csv", "b.csv", "c.csv"].into_iter().enumerate() {
        other.write(name, &cut(&super::place::list(0, 20 + n as u32, "2020-03-04")));
        let said = other.ok(&["load", "town-list", name]);
        assert!(said.contains("最後の行に改行がありません"), "{said}");
    }
}

/// The history of several sources goes in in the order of its stamps, whatever the order of the files' names.
#[test]
fn a_replay_takes_several_sources() {
    const NEXT: &str = "hersys_20220701-20220711_20220711T070000.csv";
    let place = Place::new();
    let both = format!("{SOURCE},town-list");
    let rows = |from: u32, n: u32, day: &str| super::place::list(from, n, day);
    place.write(&format!("old/{SOURCE}/{WHOLE}"), &list(30));
    place.write(&format!("old/{SOURCE}/{NEXT}"), &list(31));
    place.write("old/town-list/20220711T061500.csv", &rows(0, 3, "2022-07-01"));
    place.write("old/town-list/20220710T061500.csv", &rows(0, 2, "2022-07-01"));
    place.write("old/town-list/20220711T070000.csv", &rows(0, 4, "2022-07-01"));
    let files = [
        format!("old/{SOURCE}/{WHOLE}"),
        format!("old/{SOURCE}/{NEXT}"),
        "old/town-list/20220710T061500.csv".to_owned(),
        "old/town-list/20220711T061500.csv".to_owned(),
        "old/town-list/20220711T070000.csv".to_owned(),
    ];
    let args: Vec<&str> =
        ["load", &both, "--replay"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let said = place.ok(&args);
    let order: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("taken as batch"))
        .map(|line| line.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(
        order,
        ["20220710T061500.csv", WHOLE, "20220711T061500.csv", NEXT, "20220711T070000.csv"],
        "{said}"
    );
    // Without --replay each source has its turn.
    let said = place.run(&["load", &both, &files[0]]);
    assert!(said.err.contains("several sources are loaded at once only with --replay"), "{}", said.err);
    // A file of neither, or of both, is told.
    place.write("x.txt", "a\n");
    let said = place.run(&["load", &both, "--replay", "x.txt"]);
    assert!(said.err.contains("it can't be told of which source"), "{}", said.err);
}

#[test]
fn a_trial_says_what_the_delivery_says_with_a_server_and_without() {
    let place = with_files();
    let tried = place.ok(&["source", "try", SOURCE, WHOLE]);
    assert!(tried.contains("would be taken"), "{tried}");
    assert!(!place.path("data").exists(), "a trial makes no data folder");
    let loaded = place.ok(&["load", SOURCE, WHOLE]);
    assert_eq!(counts(&tried), counts(&loaded));
    let trial = || {
        let said = place.run(&["source", "try", SOURCE, CUT]);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(said.err.contains("取り込むと保留になります · it would be held"), "{}", said.err);
        said.out
    };
    let tried = trial();
    assert!(tried.contains("would be held: 末尾が欠けている"), "{tried}");

    let server = place.serve();
    assert_eq!(trial(), tried);
    let said = place.run(&["load", SOURCE, CUT]);
    assert_eq!((said.code, counts(&said.out)), (1, counts(&tried)));
    // What has happened and what would happen are told apart.
    assert!(
        said.out.contains("保留（何も取り込んでいません）")
            && said.out.contains("held, nothing was taken: 25 rows"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("versions opened"), "{}", said.out);
    for said in [&said.out, &tried] {
        assert!(
            said.contains("受け取れば: 25行 = ") && said.contains("if it were taken: 25 rows = "),
            "{said}"
        );
    }
    let status = server.get("/admin/deliveries/2").1;
    assert!(status.contains("何も取り込んでいません") && status.contains("受け取れば"), "{status}");
    assert!(!server.get("/admin/deliveries/1").1.contains("受け取れば"));
    assert!(
        said.err.contains("末尾が欠けている") && said.err.contains("hinomi source accept"),
        "{}",
        said.err
    );
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_held_file_of_the_inbox_is_refused_by_its_name() {
    let place = with_files();
    place.ok(&["load", SOURCE, WHOLE]);
    place.write(&format!("data/inbox/{SOURCE}/{CUT}"), &list(25));
    assert_eq!(place.run(&["load", SOURCE]).code, 1);
    let held = place.path(&format!("data/held/{SOURCE}"));
    assert_eq!(files_in(&held), [CUT.to_owned(), format!("{CUT}.receipt.json")]);
    let said = place.ok(&["source", "refuse", SOURCE, CUT]);
    assert!(said.contains("refused"), "{said}");
    assert!(files_in(&held).is_empty());
    let refused = place.path(&format!("data/refused/{SOURCE}"));
    assert_eq!(files_in(&refused), [CUT.to_owned(), format!("{CUT}.receipt.json")]);
    assert_eq!(place.run(&["source", "refuse", SOURCE, CUT]).code, 1);
}

/// The command that a refusal to take advises, as a shell reads it.
fn advised(said: &str) -> Vec<String> {
    let (_, command) = said.split_once("受け入れるなら hinomi ").unwrap_or_else(|| panic!("{said}"));
    let (command, _) = command.split_once(" （").unwrap_or_else(|| panic!("{said}"));
    let words = std::process::Command::new("sh").arg("-c").arg(format!("printf '%s\\n' {command}")).output();
    String::from_utf8(words.expect("a shell").stdout).expect("text").lines().map(str::to_owned).collect()
}

/// `held files` of a source, as `source list` counts them.
fn held_files(place: &Place) -> u32 {
    let listed = place.ok(&["source", "list"]);
    let line = listed.lines().find(|line| line.starts_with(SOURCE)).unwrap_or_else(|| panic!("{listed}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    words[words.len() - 2].parse().unwrap_or_else(|_| panic!("{line}"))
}

#[test]
fn what_is_advised_of_a_file_of_one_s_own_works() {
    let place = with_files();
    place.ok(&["load", SOURCE, WHOLE]);
    assert_eq!(held_files(&place), 0);
    let own = format!("it's own files/{CUT}");
    place.write(&own, &list(25));
    let said = place.run(&["load", SOURCE, &own]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert_eq!(held_files(&place), 1, "it waits, though it lies elsewhere");
    let command = advised(&said.err);
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let said = place.ok(&words);
    assert!(said.contains("5 withdrawn"), "{said}");
    assert_eq!(held_files(&place), 0);
    assert!(place.path(&own).is_file(), "it stays where it is");
}

#[test]
fn what_is_advised_of_a_file_of_the_inbox_works() {
    let place = with_files();
    place.ok(&["load", SOURCE, WHOLE]);
    place.write(&format!("data/inbox/{SOURCE}/{CUT}"), &list(25));
    let said = place.run(&["load", SOURCE]);
    assert_eq!((said.code, held_files(&place)), (1, 1));
    // Another file by that name where one stands is not taken for it.
    place.write(CUT, &list(24));
    let command = advised(&said.err);
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    assert!(place.ok(&words).contains("5 withdrawn"));
    assert_eq!(held_files(&place), 0);
}

#[test]
fn nothing_that_was_held_stays_open_for_ever() {
    let place = with_files();
    place.ok(&["load", SOURCE, WHOLE]);
    // The same bytes, taken by another name.
    place.write(FIRST, &list(25));
    assert_eq!(place.run(&["load", SOURCE, FIRST]).code, 1);
    assert_eq!(held_files(&place), 1);
    place.ok(&["load", SOURCE, CUT, "--confirm"]);
    assert_eq!(held_files(&place), 0);
    // A file that is gone can't be taken; it is refused by its name.
    place.write(SECOND, &list(15));
    assert_eq!(place.run(&["load", SOURCE, SECOND]).code, 1);
    std::fs::remove_file(place.path(SECOND)).expect("removed");
    let said = place.run(&["source", "accept", SOURCE, SECOND]);
    assert!(said.code == 1 && said.err.contains("the file is not there"), "{}", said.err);
    assert_eq!(held_files(&place), 1);
    place.ok(&["source", "refuse", SOURCE, SECOND]);
    assert_eq!(held_files(&place), 0);
}
