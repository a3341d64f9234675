//! Archive files that are not what their manifests say: refused by name wherever they would be taken for the truth, and
//! what is there stays as it is.

use std::fs;
use std::path::{Path, PathBuf};

use hinomi::store::{self, Store, StoreError};
use sha2::{Digest, Sha256};

use super::room::{BEDS, KEYED, Room};

fn quiet(_: store::Progress) {}

fn people(rows: &[(u32, &str)]) -> String {
    let rows = rows.iter().map(|(id, sex)| format!("{},covid,{sex},2022-01-01\n", 100_000 + id));
    format!("id,disease,sex,day\n{}", rows.collect::<String>())
}

fn beds(room: &Room, from: u32, to: u32) {
    for n in from..to {
        room.accept(BEDS, &format!("facility,day,secured\nH02,2022-01-01,{n}\n"));
    }
}

/// A pack and a batch that both opened and closed versions, of old people and new ones.
fn filled() -> Room {
    let room = Room::new();
    room.accept(KEYED, &people(&[(1, "M"), (2, "F"), (3, "M")]));
    room.accept(KEYED, &people(&[(1, "F"), (2, "F"), (3, "M"), (4, "M")]));
    beds(&room, 10, 34);
    assert_eq!(room.store.compact().expect("a pack"), 18);
    room.accept(KEYED, &people(&[(1, "M"), (2, "F"), (3, "M"), (4, "M"), (5, "F")]));
    room
}

/// What each reading path needs: opened and closed versions and identities, in the pack and in the last batch.
fn parts(room: &Room) -> Vec<PathBuf> {
    let archive = room.data().join("archive");
    let folders = [archive.join("packs/00000001-00000018"), archive.join("batches/00000027")];
    let names = ["cases.opened.parquet", "cases.closed.parquet", "identities.parquet"];
    folders.iter().flat_map(|folder| names.map(|name| folder.join(name))).collect()
}

/// Flips one bit in the middle; flipped again the file is whole.
fn flip(file: &Path) {
    let mut bytes = fs::read(file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0b100;
    fs::write(file, bytes).expect("written");
}

fn refused<T>(done: Result<T, StoreError>, file: &Path, path: &str) {
    let Err(StoreError::Damaged { path: named, why }) = done else {
        panic!("{path}: {} was taken for the truth", file.display())
    };
    assert_eq!(named, file, "{path}");
    assert!(why.contains("SHA-256") && why.contains("manifest"), "{path}: {why}");
}

#[test]
fn a_flipped_bit_is_refused_by_name_and_the_database_stays() {
    let mut room = filled();
    let before = room.everything();
    let database = room.data().join("hinomi.duckdb");
    for file in parts(&room) {
        flip(&file);
        // A start whose database fits reads no archive.
        room.reopen();
        assert_eq!(room.everything(), before);
        let faults = room.store.verify(&quiet).unwrap().faults;
        let name = file.to_string_lossy();
        assert!(
            faults.len() == 1 && faults[0].contains(&*name) && faults[0].contains("SHA-256"),
            "{faults:?}"
        );
        refused(room.store.rebuild(&quiet), &file, "rebuild");
        let backup = room.beside("backup");
        refused(room.store.backup(&backup, &quiet), &file, "backup");
        assert!(!backup.exists() && !room.beside("backup.partial").exists());
        assert_eq!(room.everything(), before);

        room.store.close().unwrap();
        let whole = fs::read(&database).unwrap();
        refused(store::rebuild(&room.settings, &quiet), &file, "rebuild without a server");
        assert!(fs::read(&database).unwrap() == whole);
        fs::write(&database, b"this is no database").unwrap();
        refused(Store::open(&room.settings, &room.clock), &file, "start with a broken database");
        assert_eq!(fs::read(&database).unwrap(), b"this is no database");
        fs::remove_file(&database).unwrap();
        refused(Store::open(&room.settings, &room.clock), &file, "start without a database");
        assert!(!database.exists() && !room.data().join("tmp/rebuild.duckdb").exists());

        fs::write(&database, whole).unwrap();
        flip(&file);
        room.reopen();
    }
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
    room.store.rebuild(&quiet).unwrap();
    assert_eq!(room.everything(), before);
}

#[test]
fn a_file_that_is_cut_or_gone_is_refused_by_name() {
    let room = filled();
    let file = parts(&room).remove(0);
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    let error = room.store.rebuild(&quiet).unwrap_err().to_string();
    let (length, said) = (whole.len() - 1, whole.len());
    assert!(error.contains(&format!("{length} bytes, where its manifest says {said}")), "{error}");
    fs::remove_file(&file).unwrap();
    let error = room.store.rebuild(&quiet).unwrap_err().to_string();
    assert!(error.contains(&*file.to_string_lossy()), "{error}");
}

#[test]
fn damage_is_not_packed() {
    let room = filled();
    beds(&room, 34, 60);
    let before = room.everything();
    let file = room.data().join("archive/batches/00000030/bed_capacity.closed.parquet");
    flip(&file);
    refused(room.store.compact(), &file, "compaction");
    assert!(file.exists());
    assert_eq!(fs::read_dir(room.data().join("archive/packs")).unwrap().count(), 1);
    flip(&file);
    assert!(room.store.compact().unwrap() > 16);
    room.store.rebuild(&quiet).unwrap();
    assert_eq!(room.everything(), before);
}

/// Gives a backup's list the hash that a file has now: as if the backup had been taken of a damaged archive.
fn relist(backup: &Path, file: &Path) {
    let list = backup.join("backup.json");
    let mut said: serde_json::Value =
        serde_json::from_slice(&fs::read(&list).expect("as laid out")).expect("works");
    let name = file.strip_prefix(backup).expect("as laid out").to_string_lossy().into_owned();
    let sha256 = hex::encode(Sha256::digest(fs::read(file).expect("as laid out")));
    let entry = said["files"]
        .as_array_mut()
        .expect("as laid out")
        .iter_mut()
        .find(|entry| entry["name"] == name)
        .expect("works");
    entry["sha256"] = sha256.into();
    fs::write(list, serde_json::to_vec(&said).expect("as laid out")).expect("works");
}

#[test]
fn a_damaged_backup_does_not_take_the_place_of_a_whole_archive() {
    let room = filled();
    let backup = room.beside("backup");
    room.store.backup(&backup, &quiet).unwrap();
    room.accept(KEYED, &people(&[(1, "M"), (2, "M"), (3, "M"), (4, "M"), (5, "F")]));
    let before = room.everything();
    let file = backup.join("archive/packs/00000001-00000018/cases.opened.parquet");
    flip(&file);
    let error = room.store.restore(&backup, &quiet).unwrap_err().to_string();
    assert!(error.contains(&*file.to_string_lossy()), "{error}");
    relist(&backup, &file);
    refused(room.store.restore(&backup, &quiet), &file, "restore");
    assert_eq!(room.everything(), before);
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
    room.store.close().unwrap();
    refused(store::restore(&room.settings, &room.clock, &backup, &quiet), &file, "restore without a server");
    assert!(!room.data().join("restoring").exists());
    let mut room = room;
    room.reopen();
    assert_eq!(room.everything(), before);
}
