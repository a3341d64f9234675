//! By which names the pages may be asked for. A page of somewhere else can have a name of its own point here, and would
//! then read what is served to the browser that opened it; so the names are known ones. That needs a name: an address in
//! numbers, and this machine as it calls itself, are always taken.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::errors;
use super::state::App;

#[derive(Clone, Debug)]
pub(super) struct Hosts(Arc<BTreeSet<String>>);

impl Hosts {
    /// The names of the settings; the machine's own when they name none.
    pub(super) fn of(settings: Option<&[String]>) -> Self {
        let plain = |name: &String| name.trim().trim_end_matches('.').to_ascii_lowercase();
        let names = match settings {
            Some(names) => names.iter().map(plain).collect(),
            None => own_names(&read("/proc/sys/kernel/hostname"), &read("/etc/hosts")),
        };
        Self(Arc::new(names))
    }

    /// `said`: a name or an address, perhaps with a port.
    fn takes(&self, said: &str) -> bool {
        let Ok(said) = said.parse::<Authority>() else { return false };
        let host = said.host().trim_end_matches('.').to_ascii_lowercase();
        let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        number.is_ok() || host == "localhost" || self.0.contains(&host)
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// What the machine calls itself, alone and in the local network, and what its list of hosts calls it besides.
fn own_names(hostname: &str, hosts: &str) -> BTreeSet<String> {
    let hostname = hostname.trim().to_ascii_lowercase();
    if hostname.is_empty() {
        return BTreeSet::new();
    }
    let short = hostname.split('.').next().unwrap_or_default().to_owned();
    let mut names = BTreeSet::from([format!("{short}.local"), hostname.clone(), short]);
    for line in hosts.lines().map(|line| line.split('#').next().unwrap_or_default()) {
        let called = line.split_whitespace().skip(1).map(str::to_ascii_lowercase);
        let called: Vec<String> = called.collect();
        if called.iter().any(|name| names.contains(name)) {
            names.extend(called);
        }
    }
    names
}

/// Refuses what is asked for by a name that is none of ours.
pub(super) async fn check(
    State((hosts, app)): State<(Hosts, App)>,
    request: Request,
    next: Next,
) -> Response {
    let named = request.uri().authority().map(Authority::as_str);
    let said = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    // A browser always says one.
    if named.or(said).is_none_or(|host| hosts.takes(host)) {
        return next.run(request).await;
    }
    let ja = "この名前では開けません。設定 hosts に、開くときの名前を加えてください";
    let en = "The pages are not served under this name; add it to hosts in the settings";
    errors::wrong(&app.hall, request.uri(), StatusCode::MISDIRECTED_REQUEST, (ja, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_numbers_and_this_machine_are_always_taken_and_other_names_when_they_are_named() {
        let named = Hosts::of(Some(&["Hinomi.Example.LG.jp.".to_owned()]));
        for host in [
            "127.0.0.1:8460",
            "192.168.1.20",
            "[::1]:8460",
            "[fe80::1]",
            "localhost",
            "LOCALHOST:8460",
            "localhost.",
            "hinomi.example.lg.jp",
            "hinomi.example.lg.jp:8460",
        ] {
            assert!(named.takes(host), "{host}");
        }
        for host in
            ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "hinomi", "a b", "é"]
        {
            assert!(!named.takes(host), "{host}");
        }
        assert!(Hosts::of(Some(&[])).takes("10.0.0.1") && !Hosts::of(Some(&[])).takes("hinomi"));
    }

    #[test]
    fn a_machine_is_called_as_it_calls_itself() {
        let hosts =
            "127.0.0.1 localhost\n127.0.1.1 Board.hc.lg.jp board # ours\n10.0.0.9 other.hc.lg.jp other\n";
        let names = own_names("board\n", hosts);
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["board", "board.hc.lg.jp", "board.local"]);
        assert!(own_names("", hosts).is_empty());
        let full = own_names("board.hc.lg.jp", "");
        assert_eq!(full.into_iter().collect::<Vec<_>>(), ["board", "board.hc.lg.jp", "board.local"]);
    }
}
