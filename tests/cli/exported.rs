//! What leaves the house says what it is: every indicator in every form, of training data and of real data, by the
//! server and by the command.

use std::collections::BTreeMap;
use std::io::Cursor;

use arrow::ipc::reader::StreamReader;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use super::Place;
use super::place::Server;

const FORMS: [&str; 5] = ["csv", "excel", "json", "arrow", "parquet"];
const PERIOD: &str = "from=2020-03-01&to=2020-03-31";

/// A ward that has been told of one list, with the word that its data are made up or not.
fn place(training: bool) -> Place {
    let place = Place::new();
    let settings = std::fs::read_to_string(place.path("hinomi.toml")).expect("there");
    place.write("hinomi.toml", &format!("training = {training}\n{settings}"));
    place.list("a.csv", 0, 30, "2020-03-05");
    place.ok(&["load", "town-list", "a.csv"]);
    place
}

/// What has to be found in each form: by its key in metadata, or anywhere in a text.
struct Wanted {
    training: bool,
    ward: &'static str,
    disease: String,
    title: String,
    period: Option<[String; 2]>,
    /// The day, in Japan.
    as_of: String,
    source: String,
    version: String,
}

impl Wanted {
    /// From the answer as JSON, which the other tests hold to the facts themselves.
    fn of(training: bool, json: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let at: jiff::Timestamp = text(&json["as_of"]).parse().expect("an instant");
        let days = &json["period"];
        Self {
            training,
            ward: "港区",
            disease: text(&json["disease"]["ja"]),
            title: text(&json["title"]["ja"]),
            period: days.is_object().then(|| [text(&days["from"]), text(&days["to"])]),
            as_of: hinomi::epi::clock::jst(at).date().to_string(),
            source: text(&json["sources"][0]["title"]),
            version: text(&json["definition"]["hash"])[..12].to_owned(),
        }
    }

    fn all(&self) -> Vec<&str> {
        let mut all = vec![self.ward, &self.disease, &self.title, &self.as_of, &self.source, &self.version];
        all.extend(self.period.iter().flatten().map(String::as_str));
        all.push(concat!("hinomi ", env!("CARGO_PKG_VERSION")));
        all
    }

    /// Everything, in one text.
    fn check(&self, what: &str, text: &str) {
        assert!(!self.disease.is_empty() && !self.title.is_empty() && self.version.len() == 12, "{what}");
        for said in self.all() {
            assert!(
                text.contains(said),
                "{what} does not say {said}: {}",
                text.chars().take(2000).collect::<String>()
            );
        }
        assert_eq!(text.contains("訓練データ"), self.training, "{what}");
    }
}

/// The facts of a file, as a reader of its kind finds them.
fn facts(form: &str, bytes: &[u8]) -> String {
    match form {
        "csv" => {
            let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
            assert!(!text.starts_with('\u{feff}'));
            let comments: Vec<&str> = text.lines().take_while(|line| line.starts_with("# ")).collect();
            assert!(
                text.lines().skip(comments.len()).all(|line| !line.starts_with('#')),
                "all above the rows"
            );
            comments.join("\n")
        }
        "excel" => {
            let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
            assert!(
                text.starts_with('\u{feff}') && text.matches('\n').count() == text.matches("\r\n").count()
            );
            text.split_once("\r\n\r\n").expect("an empty line above the table").0.to_owned()
        }
        "json" => {
            let json: Value = serde_json::from_slice(bytes).expect("JSON");
            let training = json["training"].as_bool().expect("said");
            assert_eq!(training, json["notice"].is_string());
            json.to_string()
        }
        "arrow" => {
            let reader = StreamReader::try_new(Cursor::new(bytes), None).expect("Arrow");
            let said = reader.schema().metadata().clone();
            assert!(said.contains_key("hinomi.training"), "{said:?}");
            joined(said.into_iter())
        }
        _ => {
            let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).expect("Parquet");
            let pairs =
                reader.metadata().file_metadata().key_value_metadata().expect("keys and values").clone();
            joined(pairs.into_iter().filter_map(|pair| Some((pair.key, pair.value?))))
        }
    }
}

fn joined(pairs: impl Iterator<Item = (String, String)>) -> String {
    let ours: BTreeMap<String, String> = pairs.filter(|(key, _)| key.starts_with("hinomi.")).collect();
    ours.into_iter().map(|(key, value)| format!("{key}={value}\n")).collect()
}

/// The bytes of an answer, and its headers' file name.
fn got(server: &Server, path: &str) -> (u16, Vec<u8>, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(format!("http://{}{path}", server.address)).call().expect("an answer");
    let named = answer.headers().get("content-disposition").map(|v| v.to_str().expect("ASCII").to_owned());
    let status = answer.status().as_u16();
    (status, answer.body_mut().read_to_vec().expect("bytes"), named.unwrap_or_default())
}

/// The texts inside a PNG file.
fn inside_png(bytes: &[u8]) -> String {
    let mut said = String::new();
    let mut at = 8;
    while at + 12 <= bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
        if &bytes[at + 4..at + 8] == b"iTXt" {
            said += &String::from_utf8_lossy(&bytes[at + 8..at + 8 + length]);
        }
        at += 12 + length;
    }
    said
}

/// What is seen of a picture, without the words across it.
fn seen(svg: &str) -> String {
    let texts = svg.split("<text ").skip(1).filter(|text| !text.starts_with("transform"));
    texts.filter_map(|text| text.split_once('>')?.1.split_once('<').map(|(words, _)| words)).collect()
}

fn check_pictures(server: &Server, id: &str, days: &str, wanted: &Wanted) {
    let (status, svg, named) = got(server, &format!("/api/v1/indicators/{id}.svg?{days}"));
    if status == 404 {
        return;
    }
    assert_eq!(status, 200, "{id}.svg: {}", String::from_utf8_lossy(&svg));
    check_name(id, &named, wanted);
    let svg = String::from_utf8(svg).expect("UTF-8");
    for part in ["<desc>", "<metadata>"] {
        let (_, rest) = svg.split_once(part).expect(part);
        let text = rest.split_once("</").expect("its end").0;
        for said in wanted.all() {
            assert!(
                text.contains(said) || (part == "<metadata>" && said == wanted.as_of),
                "{id}: {part} {said}"
            );
        }
    }
    let visible = seen(&svg).replace([' ', '　'], "");
    for said in [wanted.ward, &wanted.disease, &wanted.as_of, &wanted.version, &wanted.source]
        .into_iter()
        .chain(wanted.period.iter().flatten().map(String::as_str))
    {
        let said = said.replace([' ', '　'], "");
        assert!(visible.contains(&said), "{id}.svg does not show {said}: {visible}");
    }
    assert_eq!(visible.contains("訓練データ"), wanted.training, "{id}.svg");
    assert_eq!(svg.contains("rotate(-20)"), wanted.training, "{id}.svg");
    let (_, png, _) = got(server, &format!("/api/v1/indicators/{id}.png?{days}&width=400"));
    wanted.check(&format!("{id}.png"), &inside_png(&png));
}

fn check_name(id: &str, named: &str, wanted: &Wanted) {
    let training = if wanted.training { "training_" } else { "" };
    assert!(named.is_ascii() && named.contains(&format!("filename=\"{training}{id}_")), "{id}: {named}");
    let day = |text: &str| text.replace('-', "");
    if let Some([from, to]) = &wanted.period {
        assert!(named.contains(&format!("_{}-{}_asof-", day(from), day(to))), "{id}: {named}");
    }
    assert!(named.contains(&format!("_asof-{}T", day(&wanted.as_of))), "{id}: {named}");
}

fn everything_says_what_it_is(training: bool) {
    let place = place(training);
    let server = place.serve();
    let list: Value = serde_json::from_str(&server.get("/api/v1/indicators").1).expect("JSON");
    let all = list["indicators"].as_array().expect("a list");
    assert!(all.len() > 60);
    for indicator in all {
        let id = indicator["id"].as_str().expect("an id");
        // What is of one moment takes no days.
        let (_, plain, _) = got(&server, &format!("/api/v1/indicators/{id}"));
        let plain: Value = serde_json::from_slice(&plain).expect("JSON");
        let days = if plain["period"].is_object() { PERIOD } else { "" };
        let path = |form: &str| format!("/api/v1/indicators/{id}?{days}&format={form}");
        let (status, bytes, _) = got(&server, &path("json"));
        assert_eq!(status, 200, "{id}: {}", String::from_utf8_lossy(&bytes));
        let wanted = Wanted::of(training, &serde_json::from_slice(&bytes).expect("JSON"));
        for form in FORMS {
            let (_, bytes, named) = got(&server, &path(form));
            wanted.check(&format!("{id} as {form}"), &facts(form, &bytes));
            check_name(id, &named, &wanted);
            let mut show = vec!["show", id, "--format", form];
            if !days.is_empty() {
                show.extend(["--from", "2020-03-01", "--to", "2020-03-31"]);
            }
            let said = place.command(&show).output().expect("starts");
            assert!(said.status.success(), "{id}: {}", String::from_utf8_lossy(&said.stderr));
            wanted.check(&format!("show {id} as {form}"), &facts(form, &said.stdout));
        }
        check_pictures(&server, id, days, &wanted);
    }
    assert_eq!(server.stop(), 0);
}

#[test]
fn training_data_say_so_inside_every_file_and_picture() {
    everything_says_what_it_is(true);
}

#[test]
fn real_data_say_whose_and_when_in_every_file_and_picture() {
    everything_says_what_it_is(false);
}

/// What a demo has made up stays made up, whoever opens its folder, and after a backup.
#[test]
fn a_demo_s_folder_is_training_data_for_every_command() {
    let place = place(false);
    let show = ["show", "new_cases_published", "--format", "csv"];
    assert!(!place.ok(&show).contains("訓練データ"));
    place.write("data/demo.json", "{}");
    assert!(place.ok(&show).contains("# notice: 訓練データ"));
    assert!(place.ok(&["show", "new_cases_published"]).contains("訓練データ　港区"));
}
