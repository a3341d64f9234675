//! A command that comes while the server starts is told so, and never that the folder is in use.

use std::process::Stdio;

use super::Place;
use super::place::wait_for;

#[test]
fn who_comes_early_waits_or_is_told_to_come_again() {
    let place = Place::new();
    let mut demo = place
        .command(&["demo", "--cases", "400", "--days", "30", "--every", "0", "--listen", "127.0.0.1:0"])
        .args(["--data-dir", "demo"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the demo starts");
    wait_for("the control socket", || place.path("demo/hinomi.sock").exists());
    let mut early = Vec::new();
    loop {
        let said = place.run(&["board", "list", "--data-dir", "demo"]);
        if said.code == 0 {
            assert!(said.out.contains("today"), "{}", said.out);
            break;
        }
        assert!(said.err.contains("起動中です") && said.err.contains("try again"), "{}", said.err);
        early.push(said);
        assert!(early.len() < 60, "the demo does not come up");
    }
    demo.kill().expect("killed");
    demo.wait().expect("gone");
}
