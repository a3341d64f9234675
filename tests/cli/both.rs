//! What `load` and `source` say stands in Japanese and in English, errors as well as results.

use super::Place;
use super::place::list;

fn japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'))
}

/// Two English words beside each other.
fn english(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let plain = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    words.windows(2).any(|two| two.iter().all(plain))
}

/// Is the error said in both languages, the Japanese first?
fn both(said: &str) -> bool {
    let error = said.lines().find_map(|line| line.strip_prefix("hinomi: "));
    error
        .and_then(|text| text.split_once(" · "))
        .is_some_and(|(ja, en)| japanese(ja) && !english(ja) && english(en))
}

#[test]
fn every_error_of_load_and_source_is_in_both_languages() {
    let place = Place::new();
    let ids = |first| list(first, 20, "2020-03-04");
    place.write("a.csv", &ids(0));
    place.write("empty.csv", "");
    place.write("other.csv", "公表日,年齢\n2020-03-04,1\n");
    place.write("bad.csv", &list(0, 10, "いつか"));
    let rows = (0..20).map(|id| format!("T{id:06},2020-03-04,三十路,男,x\n"));
    place.write("column.csv", &format!("整理番号,公表日,年齢,性別,氏名\n{}", rows.collect::<String>()));
    place.write("20200304T100000.csv", &ids(0));
    place.write("20260230T100000.csv", &ids(0));
    place.write("definitions/queries/sources/keeps.toml", &{
        let text =
            std::fs::read_to_string(place.path("definitions/queries/sources/town-list.toml")).expect("it");
        text.replace("town-list", "keeps")
            .replace("headings = [\"年齢\"]", "headings = [\"年齢\", \"生年月日\"]")
    });
    let said = |args: &[&str]| {
        let said = place.run(args);
        assert_eq!(said.code, 1, "{args:?}: {}{}", said.out, said.err);
        assert!(both(&said.err), "{args:?}: {}", said.err);
    };
    for args in [
        &["load", "nobody", "a.csv"][..],
        &["load", "town-list"],
        &["load", "town-list", "gone.csv"],
        &["load", "town-list", "empty.csv"],
        &["load", "town-list", "other.csv"],
        &["load", "town-list", "bad.csv"],
        &["load", "keeps", "a.csv"],
        &["load", "town-list", "--replay", "a.csv"],
        &["load", "town-list", "--replay", "20260230T100000.csv"],
        &["load", "town-list", "--replay", "a.csv", "--stamp", "2099-01-01T00:00"],
        &["load", "town-list", "a.csv", "--stamp", "29.7.2021"],
        &["source", "try", "nobody", "a.csv"],
        &["source", "try", "town-list", "gone.csv"],
        &["source", "try", "town-list", "empty.csv"],
        &["source", "try", "town-list", "other.csv"],
        &["source", "accept", "town-list", "a.csv"],
        &["source", "accept", "nobody", "a.csv"],
        &["source", "refuse", "town-list", "gone.csv"],
    ] {
        said(args);
    }
    place.ok(&["load", "town-list", "a.csv"]);
    said(&["load", "town-list", "--replay", "20200304T100000.csv"]);
    said(&["load", "town-list", "column.csv"]);
    place.write("column.csv", &ids(0));
    said(&["source", "accept", "town-list", "column.csv"]);
}

#[test]
fn what_is_listed_and_tried_is_named_in_both_languages() {
    let place = Place::new();
    let text = list(0, 20, "2020-03-04") + "合計,,,,\n";
    place.write("a.csv", &text);
    let tried = place.ok(&["source", "try", "town-list", "a.csv"]);
    for (ja, en) in [
        ("日付が逆", "out of order"),
        ("読めず不明", "unread"),
        ("取込保留", "held back"),
        ("値あり", "known"),
        ("残す", "kept"),
        ("捨てる", "dropped, not read"),
        ("取り込まれます", "would be taken"),
        ("取り込めば: 20行 = ", "on load: 20 rows = "),
        (
            "数えずに除いた行（合計・平均・備考などの行）: 1行、22行目",
            "left out, not counted (totals, means, remarks): 1, rows 22",
        ),
    ] {
        assert!(tried.contains(ja) && tried.contains(en), "{ja}, {en}: {tried}");
    }
    assert!(!tried.contains("odd"), "{tried}");
    for word in ["versions opened", "受け入れました"] {
        assert!(!tried.contains(word), "nothing has happened: {tried}");
    }
    let loaded = place.ok(&["load", "town-list", "a.csv"]);
    assert!(loaded.contains("受け入れました（バッチ1）: 20行、版の追加20・終了0"), "{loaded}");
    assert!(loaded.contains("taken as batch 1: 20 rows, 20 versions opened, 0 closed"), "{loaded}");
    assert!(!loaded.contains("受け取れば") && !loaded.contains("取り込めば"), "{loaded}");
    let listed = place.ok(&["source", "list"]);
    for (ja, en) in
        [("最後の受信", "last delivery"), ("保留のファイル", "held files"), ("受入れ", "accepted")]
    {
        assert!(listed.contains(ja) && listed.contains(en), "{listed}");
    }
}

/// A day before one that it usually follows is told in words that say so.
#[test]
fn days_out_of_order_are_explained() {
    let place = Place::new();
    let header =
        "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,発病日,報告年月日,受理日時\n";
    let row = "900000,新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,○,女,41,港区芝公園,2022-07-09,2022-07-01,2022-07-01 10:00\n";
    place.write("hersys_20220701-20220710_20220711T060000.csv", &format!("{header}{row}"));
    let tried = place.ok(&["source", "try", "her-sys-cases", "hersys_20220701-20220710_20220711T060000.csv"]);
    assert!(tried.contains("日付が逆: ふつうは後になる日付が"), "{tried}");
    assert!(
        tried.contains("out of order: rows whose date comes before one that it usually follows"),
        "{tried}"
    );
}
