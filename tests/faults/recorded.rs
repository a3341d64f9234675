//! A disk that forgets what was not synced: made of a record of every change to a folder (`recorded.c`).
//!
//! A file keeps what was in it at its last sync, a folder the names that it had at its own. What came after may be there or
//! not, and a write half.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::seeds::Dice;

type Id = usize;

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

enum Node {
    File { synced: Vec<u8>, after: Vec<Change> },
    Folder { now: BTreeMap<String, Id>, synced: BTreeMap<String, Id>, after: Vec<(String, Option<Id>)> },
}

/// What was recorded, one after the other.
pub enum Step {
    /// A change, or a sync.
    Done,
    /// What the process told of itself: a line in a file beside the folder.
    Told(String),
}

pub struct Record<'a>(&'a [u8]);

pub struct Disk {
    root: String,
    nodes: Vec<Node>,
}

fn folder() -> Node {
    Node::Folder { now: BTreeMap::new(), synced: BTreeMap::new(), after: Vec::new() }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(at, data) => {
            let end = at + data.len();
            content.resize(content.len().max(end), 0);
            content[*at..end].copy_from_slice(data);
        }
        Change::Truncate(length) => content.resize(*length, 0),
    }
}

impl<'a> Record<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn line(&mut self) -> Option<(Vec<String>, &'a [u8])> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let words: Vec<String> = String::from_utf8(self.0[..end].to_vec())
            .expect("a line")
            .split('\t')
            .map(str::to_owned)
            .collect();
        let length = if words[0] == "write" { words[4].parse().expect("a length") } else { 0 };
        let data = self.0.get(end + 1..end + 1 + length)?;
        // The line may be the last that a process that was killed wrote.
        self.0 = self.0.get(end + 2 + length..)?;
        Some((words, data))
    }
}

impl Disk {
    /// An empty folder, which is there for good.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_string_lossy().into_owned(), nodes: vec![folder()] }
    }

    fn words(&self, path: &str) -> Vec<String> {
        let rest = path.strip_prefix(&self.root).expect("below the folder");
        rest.split('/').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn find(&self, path: &str) -> Id {
        self.words(path).iter().fold(0, |at, name| match &self.nodes[at] {
            Node::Folder { now, .. } => *now.get(name).unwrap_or_else(|| panic!("{path} was never made")),
            Node::File { .. } => panic!("{path} is below a file"),
        })
    }

    fn name(&mut self, path: &str, id: Option<Id>) {
        let mut words = self.words(path);
        let name = words.pop().expect("a name");
        let parent = words.iter().fold(0, |at, name| match &self.nodes[at] {
            Node::Folder { now, .. } => now[name],
            Node::File { .. } => panic!("{path} is below a file"),
        });
        let Node::Folder { now, after, .. } = &mut self.nodes[parent] else {
            panic!("{path} is below a file")
        };
        match id {
            Some(id) => now.insert(name.clone(), id),
            None => now.remove(&name),
        };
        after.push((name, id));
    }

    fn make(&mut self, path: &str, node: Node) {
        self.nodes.push(node);
        self.name(path, Some(self.nodes.len() - 1));
    }

    fn change(&mut self, path: &str, change: Change) {
        let id = self.find(path);
        let Node::File { after, .. } = &mut self.nodes[id] else { panic!("{path} is a folder") };
        after.push(change);
    }

    /// Takes the next line of a record; None at its end.
    pub fn step(&mut self, record: &mut Record<'_>) -> Option<Step> {
        let (words, data) = record.line()?;
        let (kind, one, two) = (words[0].as_str(), words[1].as_str(), words[2].as_str());
        let number: usize = words[3].parse().expect("a number");
        match kind {
            "create" => self.make(one, Node::File { synced: Vec::new(), after: Vec::new() }),
            "folder" => self.make(one, folder()),
            "write" if one.ends_with("/told") => {
                self.change(one, Change::Write(number, data.to_vec()));
                return Some(Step::Told(String::from_utf8_lossy(data).trim().to_owned()));
            }
            "write" => self.change(one, Change::Write(number, data.to_vec())),
            "truncate" => self.change(one, Change::Truncate(number)),
            "rename" => {
                let id = self.find(one);
                self.name(two, Some(id));
                self.name(one, None);
            }
            "exchange" => {
                let (first, second) = (self.find(one), self.find(two));
                self.name(one, Some(second));
                self.name(two, Some(first));
            }
            "link" => {
                let id = self.find(one);
                self.name(two, Some(id));
            }
            "remove" => self.name(one, None),
            _ => {
                let id = self.find(one);
                match &mut self.nodes[id] {
                    Node::File { synced, after } => after.drain(..).for_each(|change| apply(synced, &change)),
                    Node::Folder { now, synced, after } => {
                        synced.clone_from(now);
                        after.clear();
                    }
                }
            }
        }
        Some(Step::Done)
    }

    /// What the power failure leaves: what was synced alone, or some of the rest with it (`more`).
    pub fn leave(&self, into: &Path, more: Option<&mut Dice>) {
        self.lay(0, into, &mut more.map(|dice| dice as &mut Dice));
    }

    fn lay(&self, id: Id, into: &Path, more: &mut Option<&mut Dice>) {
        match &self.nodes[id] {
            Node::File { synced, after } => {
                let mut content = synced.clone();
                if let Some(dice) = more {
                    for change in after {
                        match (dice.below(3), change) {
                            (0, _) => {}
                            (1, Change::Write(at, data)) => {
                                let half = dice.below(data.len() as u64) as usize;
                                apply(&mut content, &Change::Write(*at, data[..half].to_vec()));
                            }
                            (_, change) => apply(&mut content, change),
                        }
                    }
                }
                fs::write(into, content).expect("laid");
            }
            Node::Folder { synced, after, .. } => {
                let mut names = synced.clone();
                if let Some(dice) = more {
                    // Names reach the disk in their order: a journal of the file system.
                    let reached = dice.below(after.len() as u64 + 1) as usize;
                    for (name, id) in &after[..reached] {
                        match id {
                            Some(id) => names.insert(name.clone(), *id),
                            None => names.remove(name),
                        };
                    }
                }
                fs::create_dir_all(into).expect("laid");
                names.iter().for_each(|(name, id)| self.lay(*id, &into.join(name), more));
            }
        }
    }

    /// Everything as it is without a failure: path and content of every file.
    pub fn now(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        self.gather(0, String::new(), &mut found);
        found
    }

    fn gather(&self, id: Id, path: String, found: &mut BTreeMap<String, Vec<u8>>) {
        match &self.nodes[id] {
            Node::File { synced, after } => {
                let mut content = synced.clone();
                after.iter().for_each(|change| apply(&mut content, change));
                found.insert(path, content);
            }
            Node::Folder { now, .. } => {
                now.iter().for_each(|(name, id)| self.gather(*id, format!("{path}/{name}"), found));
            }
        }
    }
}
