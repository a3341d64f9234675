use super::*;

fn read(text: &str) -> Result<Settings, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    std::fs::write(&file, text).unwrap();
    Settings::read(Some(&file))
}

#[test]
fn an_empty_file_means_the_defaults() {
    let settings = read("").unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8460");
    assert!(settings.takes("anything"));
    assert!(settings.inbox("bed-survey").ends_with("hinomi-data/inbox/bed-survey"));
    assert!(settings.data_dir.is_absolute(), "taken from the folder of the file");
}

#[test]
fn what_is_set_is_read() {
    let settings = read(
        "closing = '08:30'\nfree_disk_floor = '512MB'\nward = { code = 131016 }\n\
         [sources.her-sys-cases]\nafter = 'leave'\n[sources.bed-survey]\non = false",
    )
    .unwrap();
    assert_eq!(settings.closing, Time::constant(8, 30, 0, 0));
    assert_eq!(settings.free_disk_floor, Bytes(512 << 20));
    assert_eq!(settings.ward.code, "131016");
    assert_eq!(settings.sources["her-sys-cases"].after, Some(AfterFile::Leave));
    assert!(settings.takes("her-sys-cases") && !settings.takes("bed-survey") && !settings.takes("other"));
}

#[test]
fn an_unknown_key_is_an_error() {
    let error = read("lisen = '127.0.0.1:1'").unwrap_err().to_string();
    assert!(error.contains("lisen"), "{error}");
    assert!(read("[log]\nlevle = 'info'").is_err());
    assert!(read("[sources.x]\non = true\nfolder = 'x'").is_err());
}

#[test]
fn values_that_cannot_be_are_errors() {
    for text in ["closing = 'noon'", "threads = 0", "memory_limit = '1KB'", "ward = { code = '13103' }"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(Settings::read(Some(Path::new("/no/such/hinomi.toml"))).is_err());
}

#[test]
fn an_address_that_others_reach_must_be_wanted() {
    let mut settings = Settings { listen: SocketAddr::from(([0, 0, 0, 0], 8460)), ..Settings::default() };
    assert!(settings.check_listen().unwrap_err().to_string().contains("allow_unauthenticated"));
    settings.allow_unauthenticated = true;
    assert!(settings.check_listen().is_ok());
}

#[test]
fn amounts() {
    assert_eq!("2GB".parse(), Ok(Bytes(2 << 30)));
    assert_eq!("512 MiB".parse(), Ok(Bytes(512 << 20)));
    assert_eq!("7".parse(), Ok(Bytes(7)));
    assert!("2 apples".parse::<Bytes>().is_err());
    assert!("-1GB".parse::<Bytes>().is_err());
}

#[test]
fn shells_know_no_hyphen() {
    assert_eq!(kinds::source_key("SOURCES__HER_SYS_CASES__ON"), "SOURCES__HER-SYS-CASES__ON");
    assert_eq!(kinds::source_key("FREE_DISK_FLOOR"), "FREE_DISK_FLOOR");
}
