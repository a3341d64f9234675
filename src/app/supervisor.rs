//! What is told to the program that started the server and waits for it (systemd): that it is ready, that it stops, that it
//! lives. By hand: a message to the socket that the environment names.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// While the data folder is opened, this much more time is asked for, twice in it.
const LONGER: Duration = Duration::from_mins(1);

/// How long a message may wait until it is taken.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who waits for the server, if anybody does.
pub(super) struct Supervisor {
    socket: Option<(UnixDatagram, SocketAddr)>,
    /// How often it wants to hear that the server lives.
    pub watchdog: Option<Duration>,
}

impl Supervisor {
    pub(super) fn of_environment() -> Self {
        let named = |name: &str| std::env::var(name).ok();
        let socket = named("NOTIFY_SOCKET").and_then(|name| match connect(&name) {
            Ok(socket) => Some(socket),
            Err(why) => {
                tracing::warn!(%why, "the socket of NOTIFY_SOCKET can't be used");
                None
            }
        });
        let for_us = named("WATCHDOG_PID").is_none_or(|id| id == std::process::id().to_string());
        let micros = named("WATCHDOG_USEC").and_then(|micros| micros.parse().ok());
        let watchdog = micros.filter(|micros| for_us && *micros > 0).map(Duration::from_micros);
        Self { socket, watchdog }
    }

    pub(super) fn tell(&self, what: &str) {
        if let Some((socket, address)) = &self.socket
            && let Err(why) = socket.send_to_addr(what.as_bytes(), address)
        {
            tracing::debug!(%why, "the supervisor does not hear");
        }
    }

    /// Asks for more time to start, until dropped or the work is done.
    pub(super) async fn while_starting<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            let longer = LONGER.as_micros();
            self.tell(&format!("EXTEND_TIMEOUT_USEC={longer}\nSTATUS=データフォルダーを開いています · opening the data folder"));
            if let Ok(done) = tokio::time::timeout(LONGER / 2, work.as_mut()).await {
                return done;
            }
        }
    }

    /// Says that the server lives for as long as it does; never comes back.
    pub(super) async fn watch(&self, lives: impl Fn() -> bool + Send) {
        let Some(watchdog) = self.watchdog else { return std::future::pending().await };
        loop {
            if lives() {
                self.tell("WATCHDOG=1");
            } else {
                tracing::error!("the server hangs: the watchdog is not told that it lives");
            }
            tokio::time::sleep(watchdog / 3).await;
        }
    }
}

fn connect(name: &str) -> io::Result<(UnixDatagram, SocketAddr)> {
    let address = match name.strip_prefix('@') {
        Some(hidden) => SocketAddr::from_abstract_name(hidden.as_bytes())?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    // Who does not listen holds up nothing.
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok((socket, address))
}
