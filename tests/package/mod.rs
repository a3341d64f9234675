//! What is installed: the unit, the settings, the package's scripts, the list of what the program is made of, and the manual's
//! page that shows how. Whether the package installs, serves, upgrades and goes is tried by `tests/package/trial`, which needs
//! root and a Debian root of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hinomi::config::Settings;
use hinomi::definitions::Definitions;
use hinomi::definitions::manual::{MARKDOWN, Manual};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use serde_json::Value;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(top().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Keys of the unit's service, each with its values in order.
fn service() -> BTreeMap<String, Vec<String>> {
    let unit = text("static/package/hinomi.service");
    let (_, service) = unit.split_once("[Service]").expect("a service");
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in service.lines().take_while(|line| !line.starts_with("[Install]")) {
        if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            keys.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }
    keys
}

/// The one value of a key.
fn one(service: &BTreeMap<String, Vec<String>>, key: &str) -> String {
    match service.get(key).map(Vec::as_slice) {
        Some([value]) => value.clone(),
        other => panic!("{key}: {other:?}"),
    }
}

fn metadata() -> toml::Table {
    let manifest: toml::Table = toml::from_str(&text("Cargo.toml")).expect("the manifest");
    manifest["package"]["metadata"]["deb"].as_table().expect("what the package is made of").clone()
}

/// Where each file of the package comes from, and the folder that it goes to.
fn assets() -> Vec<(String, String)> {
    let deb = metadata();
    let assets = deb["assets"].as_array().expect("assets");
    let word = |asset: &toml::Value, at: usize| asset[at].as_str().expect("a text").to_owned();
    assets.iter().map(|asset| (word(asset, 0), word(asset, 1))).collect()
}

/// Where a file of the package is installed.
fn installed(source: &str) -> PathBuf {
    let assets = assets();
    let (_, to) = assets.iter().find(|(from, _)| from == source).unwrap_or_else(|| panic!("no {source}"));
    Path::new("/").join(to).join(Path::new(source).file_name().expect("a name"))
}

const SETTINGS: &str = "static/package/hinomi.toml";

#[test]
fn the_unit_shuts_the_server_in() {
    let service = service();
    for (key, value) in [
        ("User", "hinomi"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("PrivateIPC", "yes"),
        ("DevicePolicy", "closed"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("LockPersonality", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("ProtectClock", "yes"),
        ("ProtectControlGroups", "yes"),
        ("ProtectHostname", "yes"),
        ("ProtectKernelLogs", "yes"),
        ("ProtectKernelModules", "yes"),
        ("ProtectKernelTunables", "yes"),
        ("ProtectProc", "invisible"),
        ("ProcSubset", "pid"),
        ("RemoveIPC", "yes"),
        ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
        ("RestrictNamespaces", "yes"),
        ("RestrictRealtime", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("KeyringMode", "private"),
        ("IPAddressDeny", "any"),
        ("SystemCallArchitectures", "native"),
    ] {
        assert_eq!(one(&service, key), value, "{key}");
    }
    assert_eq!(service["SystemCallFilter"], ["@system-service", "~@privileged @resources"]);
    assert_eq!((one(&service, "Type").as_str(), one(&service, "WatchdogSec").as_str()), ("notify", "60"));
    // While it starts it asks for more time itself.
    assert!(!service.contains_key("TimeoutStartSec"));
    // Who still writes to a file in the inbox is seen in /proc, but not across users' namespaces.
    assert!(!service.contains_key("PrivateUsers"));
}

/// By systemd's own judgement, where systemd is.
#[test]
fn systemd_finds_little_exposed() {
    let unit = top().join("static/package/hinomi.service");
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=19", "--no-pager"])
        .arg(unit)
        .output();
    let Ok(judged) = judged else {
        println!("skipped: there is no systemd-analyze");
        return;
    };
    let said = String::from_utf8_lossy(&judged.stdout).into_owned();
    assert!(said.contains("Overall exposure level for hinomi.service"), "{judged:?}");
    assert!(judged.status.success(), "2.0 or more:\n{said}");
}

#[test]
fn unit_settings_and_scripts_mean_the_same_places() {
    let service = service();
    let settings = installed(SETTINGS);
    let program = installed("target/release/hinomi");
    assert_eq!(
        one(&service, "ExecStart"),
        format!("{} serve --config {}", program.display(), settings.display())
    );
    // As they are installed, but with the folder of definitions here.
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("hinomi.toml");
    fs::create_dir(here.path().join("definitions")).expect("made");
    fs::write(&file, text(SETTINGS)).expect("written");
    let read = Settings::read(Some(&file)).expect("settings");
    let state = Path::new("/var/lib").join(one(&service, "StateDirectory"));
    assert_eq!(read.data_dir, state);
    assert_eq!(read.definitions_dir, Some(here.path().join("definitions")));
    assert_eq!(one(&service, "WorkingDirectory"), state.to_string_lossy());
    let backups = one(&service, "ReadWritePaths");
    let postinst = text("static/package/postinst");
    let made = format!("for folder in {} {}; do", state.display(), backups.trim_start_matches('-'));
    assert!(postinst.contains(&made), "postinst does not make {made}");
    let definitions = format!("{}/definitions", settings.parent().expect("a folder").display());
    assert!(postinst.contains(&definitions), "{definitions}");
    let user = one(&service, "User");
    assert!(postinst.contains(&format!("--no-create-home --gecos \"Hinomi\" {user}")));
}

#[test]
fn each_setting_is_explained_in_japanese_then_in_english() {
    let text = text(SETTINGS);
    let blocks: Vec<&str> = text.split("\n\n").collect();
    assert!(blocks.len() > 12, "{}", blocks.len());
    for block in blocks {
        let prose: Vec<&str> = block.lines().filter(|line| line.starts_with("# ")).collect();
        let (first, last) = (prose.first().expect("words"), prose.last().expect("words"));
        let kana = |line: &str| line.chars().any(|c| ('ぁ'..='ヿ').contains(&c));
        assert!(kana(first), "{first}");
        assert!(!kana(last) && last.split(' ').count() > 3, "{last}");
    }
    // Every setting is there, whether set or shown as it is by default.
    let error = toml::from_str::<Settings>("zzz = 1\n").expect_err("unknown").to_string();
    let line = error.lines().find(|line| line.contains("expected one of")).expect("a list");
    let keys: Vec<&str> = line.split('`').skip(1).step_by(2).filter(|key| *key != "zzz").collect();
    assert!(keys.len() > 10, "{keys:?}");
    let there = |key: &str| {
        text.lines().any(|line| {
            let line = line.strip_prefix('#').unwrap_or(line);
            line.starts_with(&format!("{key} =")) || line.starts_with(&format!("[{key}."))
        })
    };
    let absent: Vec<&str> = keys.into_iter().filter(|key| !there(key)).collect();
    assert!(absent.is_empty(), "not in {SETTINGS}: {absent:?}");
}

#[test]
fn the_package_is_made_of_files_that_are_there() {
    let deb = metadata();
    let built = ["target/release/hinomi", "target/release/hinomi.cdx.json"];
    let sources: BTreeSet<String> = assets().into_iter().map(|(source, _)| source).collect();
    for source in &sources {
        let there = built.contains(&source.as_str()) || top().join(source).is_file();
        assert!(there, "there is no {source}");
    }
    // What cargo built them to: the profile's folder.
    let folder = Path::new(env!("CARGO_BIN_EXE_hinomi")).parent().expect("a folder");
    for source in built {
        assert!(sources.contains(source), "{source} is not installed");
        let name = Path::new(source).file_name().expect("a name");
        assert!(folder.join(name).is_file(), "the build did not make {source}");
    }
    assert!(sources.contains(SETTINGS), "the settings are not installed");
    assert!(
        installed(SETTINGS).starts_with("/etc"),
        "what is below /etc is kept as its administrator left it"
    );
    assert_eq!(deb["license-file"][0].as_str(), Some("static/package/copyright"));
    // Stripped, and the symbols kept.
    assert_eq!(deb["separate-debug-symbols"].as_bool(), Some(true));
    assert_eq!(deb["maintainer-scripts"].as_str(), Some("static/package"));
    let units = &deb["systemd-units"];
    assert_eq!(units["unit-name"].as_str(), Some("hinomi"));
    for key in ["enable", "start", "restart-after-upgrade"] {
        assert_eq!(units[key].as_bool(), Some(true), "{key}");
    }
}

#[test]
fn scripts_of_the_package_are_shell_and_leave_data_alone() {
    for name in ["postinst", "postrm"] {
        let path = top().join("static/package").join(name);
        let script = fs::read_to_string(&path).expect(name);
        assert!(script.starts_with("#!/bin/sh\n") && script.contains("\nset -e\n"), "{name}");
        assert!(script.contains("\n#DEBHELPER#\n"), "{name} has no place for what starts and stops the unit");
        let read = Command::new("sh").arg("-n").arg(&path).status().expect("a shell");
        assert!(read.success(), "{name} is no shell script");
        for line in script.lines().map(str::trim).filter(|line| line.starts_with("rm ")) {
            // What is told to who wants them gone, and not carried out: it stands in the text that is printed.
            assert_eq!(line, "rm -r$left && deluser --system hinomi", "{name}");
        }
    }
}

#[test]
fn no_page_loads_what_the_package_is_made_with() {
    let definitions = Definitions::embedded();
    assert!(definitions.get("static/wall.css").is_some());
    let served: Vec<&str> =
        definitions.iter().map(|(path, _)| path).filter(|path| path.starts_with("static/package")).collect();
    assert!(served.is_empty(), "{served:?}");
}

/// Components of the list by `name version`, with what else is said of each.
fn components(list: &Value) -> BTreeMap<String, Value> {
    let name = |c: &Value| format!("{} {}", c["name"].as_str().unwrap(), c["version"].as_str().unwrap_or(""));
    list["components"].as_array().expect("components").iter().map(|c| (name(c), c.clone())).collect()
}

#[test]
fn the_list_of_what_the_program_is_made_of_is_what_cargo_says() {
    let path = Path::new(env!("CARGO_BIN_EXE_hinomi")).with_file_name("hinomi.cdx.json");
    let text = fs::read_to_string(&path).expect("the list");
    assert_eq!(
        text,
        fs::read_to_string(Path::new(env!("OUT_DIR")).join("hinomi.cdx.json")).expect("the build's")
    );
    let list: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((list["bomFormat"].as_str(), list["specVersion"].as_str()), (Some("CycloneDX"), Some("1.5")));
    assert_eq!(list["metadata"]["component"]["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert!(!text.contains(&*top().to_string_lossy()), "the list names a folder of this machine");
    let components = components(&list);
    // Told in another form: one crate a line, without a tree.
    let told = Command::new(env!("CARGO"))
        .current_dir(top())
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--no-dedupe",
        ])
        .output()
        .expect("cargo");
    let told = String::from_utf8(told.stdout).expect("text");
    let linked: BTreeSet<String> = told
        .lines()
        .filter_map(|line| line.split_once(" v"))
        .map(|(name, rest)| format!("{name} {}", rest.split(' ').next().unwrap_or_default()))
        .filter(|of| !of.starts_with("hinomi "))
        .collect();
    assert!(linked.len() > 200, "{told}");
    let required: BTreeSet<String> = components
        .iter()
        .filter(|(_, c)| c["scope"] == "required" && c["type"] == "library")
        .map(|(of, _)| of.clone())
        .collect();
    assert_eq!(required, linked);
    let lock = fs::read_to_string(top().join("Cargo.lock")).expect("the lock file");
    for (of, component) in components.iter().filter(|(_, c)| c["type"] == "library") {
        let checksum =
            component["hashes"][0]["content"].as_str().unwrap_or_else(|| panic!("{of}: no checksum"));
        let (name, version) = of.split_once(' ').expect("a version");
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        let (_, rest) = lock.split_once(&entry).unwrap_or_else(|| panic!("{of} is not in Cargo.lock"));
        assert!(rest.lines().nth(1).is_some_and(|line| line.contains(checksum)), "{of}: {checksum}");
        let licence = component["licenses"][0]["expression"].as_str().unwrap_or_default();
        assert!(!licence.is_empty() && !licence.contains('/'), "{of}: {licence}");
    }
    assert_eq!(components["M PLUS 1 "]["licenses"][0]["expression"], "OFL-1.1");
    let known: BTreeSet<&str> =
        list["dependencies"].as_array().expect("a list").iter().map(|d| d["ref"].as_str().unwrap()).collect();
    for dependency in list["dependencies"].as_array().expect("a list") {
        for on in dependency["dependsOn"].as_array().expect("a list") {
            assert!(known.contains(on.as_str().expect("a reference")), "{dependency}");
        }
    }
}

/// Lines for a person with root's rights, in blocks that are shown and not run.
fn shown_for_root() -> BTreeSet<String> {
    let manual = Manual::read(&Definitions::embedded()).expect("the manual");
    let mut lines = BTreeSet::new();
    for name in ["install", "keeping"] {
        let page = manual.page(name).unwrap_or_else(|| panic!("no page {name}"));
        let mut inside = false;
        for event in Parser::new_ext(&page.text, MARKDOWN) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => inside = &*info == "text",
                Event::End(_) => inside = false,
                Event::Text(text) if inside => {
                    lines.extend(text.lines().filter(|line| line.starts_with("sudo ")).map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    lines
}

/// What the manual says to do with the package is what the trial does, to the letter, and it does nothing else so.
#[test]
fn the_manual_s_commands_are_those_that_are_tried() {
    let shown = shown_for_root();
    assert!(shown.len() >= 8, "{shown:?}");
    let trial = text("tests/package/trial");
    let tried: BTreeSet<String> = trial
        .lines()
        .filter_map(|line| line.trim().strip_prefix("shown '")?.strip_suffix('\''))
        .map(str::to_owned)
        .collect();
    assert_eq!(shown, tried);
    for place in ["/etc/hinomi/hinomi.toml", "/var/lib/hinomi", "/var/backups/hinomi", "hinomi.service"] {
        let manual = Manual::read(&Definitions::embedded()).expect("the manual");
        let page = manual.page("install").expect("the page");
        for half in page.halves() {
            assert!(page.markdown(half).contains(place), "{}: no {place}", half.title);
        }
    }
    assert!(text("CONTRIBUTING.md").contains("tests/package/trial"));
}
