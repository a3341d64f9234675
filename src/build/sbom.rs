//! The list of what the program is made of, as a CycloneDX file: each crate with its version, licence and checksum, and what
//! it depends on. Made of what cargo says and of `Cargo.lock`; nothing in it depends on the machine or the moment.
//!
//! It lies beside the program (`target/release/hinomi.cdx.json`), from where the package takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

const FILE: &str = "hinomi.cdx.json";

/// Name and version.
type Crate = (String, String);

/// Crates as a tree of cargo tells them: each with its licence, and with those that it depends on.
#[derive(Default)]
struct Tree {
    licences: BTreeMap<Crate, String>,
    needs: BTreeMap<Crate, BTreeSet<Crate>>,
}

pub(super) fn write(out: &Path) -> Result<(), String> {
    println!("cargo:rerun-if-env-changed=TARGET");
    let target = env::var("TARGET").map_err(|e| format!("TARGET: {e}"))?;
    // What is linked; and with it what only the build runs: macros, build scripts and what they use.
    let linked = tree(&target, "normal,no-proc-macro")?;
    let all = tree(&target, "normal,build")?;
    let lock = fs::read_to_string("Cargo.lock").map_err(|e| format!("Cargo.lock: {e}"))?;
    let own = (package("NAME")?, package("VERSION")?);
    let text = text(&own, &linked, &all, &checksums(&lock))?;
    fs::write(out.join(FILE), &text).map_err(|e| format!("{FILE}: {e}"))?;
    // target/release/build/hinomi-0123456789abcdef/out
    let beside = out.ancestors().nth(3).ok_or("OUT_DIR is no folder of cargo's")?;
    fs::write(beside.join(FILE), &text).map_err(|e| format!("{FILE}: {e}"))
}

fn package(what: &str) -> Result<String, String> {
    env::var(format!("CARGO_PKG_{what}")).map_err(|e| format!("CARGO_PKG_{what}: {e}"))
}

fn tree(target: &str, edges: &str) -> Result<Tree, String> {
    let args = ["tree", "--edges", edges, "--target", target, "--prefix", "depth", "--format", " {p}\t{l}"];
    let said = super::cargo(&args)?;
    read(&String::from_utf8_lossy(&said))
}

/// Lines as `2 serde v1.0.0 (proc-macro)<tab>MIT OR Apache-2.0`, each below what needs it.
fn read(said: &str) -> Result<Tree, String> {
    let mut tree = Tree::default();
    let mut above: Vec<Crate> = Vec::new();
    for line in said.lines().filter(|line| !line.is_empty()) {
        let odd = || format!("cargo tree says `{line}`");
        let (head, licence) = line.split_once('\t').ok_or_else(odd)?;
        let mut words = head.split_whitespace();
        let (Some(depth), Some(name), Some(version)) = (words.next(), words.next(), words.next()) else {
            return Err(odd());
        };
        let depth: usize = depth.parse().map_err(|_| odd())?;
        let version = version.strip_prefix('v').ok_or_else(odd)?;
        let this: Crate = (name.to_owned(), version.to_owned());
        above.truncate(depth);
        if let Some(parent) = above.last() {
            tree.needs.entry(parent.clone()).or_default().insert(this.clone());
        }
        // What was told before ends with a star.
        let licence = licence.trim_end_matches(" (*)").trim();
        tree.licences.insert(this.clone(), licence.to_owned());
        above.push(this);
    }
    Ok(tree)
}

/// SHA-256 of the crates' files, from the lock file.
fn checksums(lock: &str) -> BTreeMap<Crate, String> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
        Some(line.trim_matches('"').to_owned())
    };
    let blocks = lock.split("[[package]]").skip(1);
    blocks
        .filter_map(|block| {
            Some(((value(block, "name")?, value(block, "version")?), value(block, "checksum")?))
        })
        .collect()
}

fn text(
    own: &Crate,
    linked: &Tree,
    all: &Tree,
    checksums: &BTreeMap<Crate, String>,
) -> Result<String, String> {
    let mut components = Vec::new();
    for (of, licence) in all.licences.iter().filter(|(of, _)| *of != own) {
        let mut component = json!({
            "type": "library",
            "bom-ref": purl(of),
            "name": of.0,
            "version": of.1,
            "scope": if linked.licences.contains_key(of) { "required" } else { "excluded" },
        });
        if let Some(checksum) = checksums.get(of) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        if !licence.is_empty() {
            component["licenses"] = json!([{ "expression": expression(licence) }]);
        }
        component["purl"] = purl(of).into();
        components.push(component);
    }
    components.push(font(checksums)?);
    let needs = |of: &Crate| all.needs.get(of).into_iter().flatten().map(purl).collect::<Vec<_>>();
    let dependencies: Vec<Value> =
        all.licences.keys().map(|of| json!({ "ref": purl(of), "dependsOn": needs(of) })).collect();
    let licence = all.licences.get(own).ok_or("cargo tree does not tell of the package itself")?;
    let list = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": purl(own),
            "name": own.0,
            "version": own.1,
            "licenses": [{ "expression": expression(licence) }],
            "purl": purl(own),
        } },
        "components": components,
        "dependencies": dependencies,
    });
    let text = serde_json::to_string_pretty(&list).map_err(|e| e.to_string())?;
    Ok(text + "\n")
}

/// The font is no crate of the tree: it only comes in one's source.
fn font(checksums: &BTreeMap<Crate, String>) -> Result<Value, String> {
    let (of, _) = checksums
        .iter()
        .find(|((name, _), _)| name == super::font::CRATE)
        .ok_or_else(|| format!("{} is not in Cargo.lock", super::font::CRATE))?;
    Ok(json!({
        "type": "data",
        "bom-ref": "font",
        "name": "M PLUS 1",
        "description": format!("embedded; {} of {}", super::font::FONT, purl(of)),
        "scope": "required",
        "licenses": [{ "expression": "OFL-1.1" }],
    }))
}

fn purl((name, version): &Crate) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// Older crates write `MIT/Apache-2.0`, which SPDX writes with a word.
fn expression(licence: &str) -> String {
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}
