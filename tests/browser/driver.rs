//! A small `WebDriver` client: chromedriver (Debian's chromium-driver) and Chromium, one pair a test.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// One browser with one page.
pub struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
}

/// A port that nobody listened on a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Tries until it works or the time is over.
pub fn wait_for<T>(what: &str, limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Browser {
    pub fn open(width: u32, height: u32) -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver: apt-get install chromium chromium-driver");
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(2)))
            // The driver closes lines that were quiet for a while.
            .max_idle_connections(0)
            .build();
        let mut browser = Self { driver, agent: config.into(), session: format!("http://127.0.0.1:{port}") };
        let base = browser.session.clone();
        wait_for("chromedriver", Duration::from_secs(20), || {
            browser.agent.get(format!("{base}/status")).call().ok().map(drop)
        });
        let asked = json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                "--enable-precise-memory-info", "--force-device-scale-factor=1",
                "--disable-background-timer-throttling",
            ] },
        } } });
        let made = browser.post("/session", &asked);
        let id = made["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {made}")).to_owned();
        browser.session = format!("{base}/session/{id}");
        browser.size(width, height);
        browser
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let mut answer = self.agent.post(&url).send_json(body).unwrap_or_else(|e| panic!("{url}: {e}"));
        let value: Value = answer.body_mut().read_json().unwrap_or_else(|e| panic!("{url}: {e}"));
        assert!(value["value"].get("error").is_none(), "{path}: {}", value["value"]);
        value["value"].clone()
    }

    /// The viewport in CSS pixels, exactly.
    pub fn size(&self, width: u32, height: u32) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", &screen);
    }

    pub fn goto(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
        self.run("return document.fonts.ready.then(() => true)");
    }

    /// Runs a function body in the page; a promise is waited for.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    pub fn text(&self, selector: &str) -> String {
        let found = self.run(&format!("return document.querySelector({selector:?})?.textContent ?? ''"));
        found.as_str().unwrap_or_default().to_owned()
    }

    pub fn cdp(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    /// What the page wrote to its console since the last call: errors and warnings.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().cloned().unwrap_or_default();
        let loud = entries.iter().filter(|e| matches!(e["level"].as_str(), Some("SEVERE" | "WARNING")));
        loud.map(|e| e["message"].to_string()).collect()
    }

    /// Keeps a picture in the folder that `HINOMI_PICTURES` names, for people to look at.
    pub fn picture(&self, name: &str) {
        let folder = std::env::var_os("HINOMI_PICTURES").map(std::path::PathBuf::from);
        let Some(folder) = folder else { return };
        let shot = self.cdp("Page.captureScreenshot", &json!({ "format": "png" }));
        let bytes = decode(shot["data"].as_str().unwrap_or_default());
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a picture");
    }

    /// Used heap in bytes, DOM nodes and listeners, after a collection.
    pub fn memory(&self) -> (f64, f64, f64) {
        self.cdp("HeapProfiler.enable", &json!({}));
        self.cdp("HeapProfiler.collectGarbage", &json!({}));
        self.cdp("Performance.enable", &json!({}));
        let metrics = self.cdp("Performance.getMetrics", &json!({}));
        let value = |name: &str| {
            let all = metrics["metrics"].as_array().cloned().unwrap_or_default();
            all.iter().find(|m| m["name"] == name).and_then(|m| m["value"].as_f64()).unwrap_or(f64::NAN)
        };
        (value("JSHeapUsedSize"), value("Nodes"), value("JSEventListeners"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium too; without it the driver would leave it behind.
        drop(self.agent.delete(&self.session).call());
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// Base64, of which the standard library has none.
fn decode(text: &str) -> Vec<u8> {
    let place = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let sextets: Vec<u8> = text.bytes().filter_map(place).collect();
    let mut bytes = Vec::with_capacity(sextets.len() * 3 / 4);
    for group in sextets.chunks(4) {
        let joined = group.iter().fold(0_u32, |sum, s| (sum << 6) | u32::from(*s)) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&joined.to_be_bytes()[1..group.len()]);
    }
    bytes
}

#[test]
fn base64_is_read_right() {
    assert_eq!(decode("TWFu"), b"Man");
    assert_eq!(decode("TWE="), b"Ma");
    assert_eq!(decode("TQ=="), b"M");
}
