//! Where connections come in: as many as there is room for, in all and from one address. Where there is no room, the
//! connection on which nothing has been asked for longest is cut; only when all are at work is one too many answered 503 and
//! closed, so that a display tries again and nobody waits in silence.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::line::{self, Work};
use super::starting::{FULL, Pages};

/// Connections that are turned away at one time; each takes a file until it has read why.
const TURNED_AWAY: usize = 16;
/// How long those at work have to end when the server stops; then the line is cut.
const TO_END: Duration = Duration::from_secs(2);

/// Connections at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Most {
    pub in_all: usize,
    pub per_address: usize,
}

pub(super) struct Doors {
    listener: TcpListener,
    lines: Lines,
    turned_away: Arc<Semaphore>,
}

impl Doors {
    pub(super) fn new(listener: TcpListener, most: Most) -> Self {
        Self { listener, lines: Lines::new(most), turned_away: Arc::new(Semaphore::new(TURNED_AWAY)) }
    }

    /// Serves the pages until the shutdown; then those at work have a moment to end.
    pub(super) async fn serve(self, pages: Pages, shutdown: CancellationToken) {
        let mut failing = false;
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = shutdown.cancelled() => break,
            };
            match accepted {
                Ok((stream, address)) => {
                    failing = false;
                    self.take(stream, address.ip(), &pages, &shutdown).await;
                }
                Err(why) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(%why, "unable to accept connections; trying on");
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        let until = tokio::time::Instant::now() + TO_END;
        while !self.lines.is_empty() && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.lines.cut_all();
    }

    async fn take(&self, stream: TcpStream, address: IpAddr, pages: &Pages, shutdown: &CancellationToken) {
        // Without it a short answer waits for the other side's acknowledgement.
        if let Err(why) = stream.set_nodelay(true) {
            tracing::debug!(%why, "a connection waits to fill its packets");
        }
        match self.lines.room_for(address) {
            Room::Free => {}
            Room::Instead(task) => {
                task.abort();
                // Its file is closed when this comes back.
                let _ = task.await;
            }
            Room::None => return self.turn_away(stream),
        }
        let (pages, shutdown) = (pages.clone(), shutdown.clone());
        self.lines.open(address, |work| line::serve(stream, work, pages, shutdown));
    }

    fn turn_away(&self, stream: TcpStream) {
        // Beyond a few at a time the line is simply cut.
        let Ok(permit) = self.turned_away.clone().try_acquire_owned() else { return };
        tokio::spawn(async move {
            tell(stream).await;
            drop(permit);
        });
    }
}

/// Reads a request and tells whoever made it to come back. By hand: these have to be closed as soon as they are answered.
async fn tell(mut stream: TcpStream) {
    let mut request = [0; 4096];
    // What was asked doesn't matter; but a line cut before it was read would look like a fault.
    let asked = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut request)).await;
    if !matches!(asked, Ok(Ok(1..))) {
        return;
    }
    let line = String::from_utf8_lossy(&request);
    let path = line.split_whitespace().nth(1).and_then(|address| address.split('?').next()).unwrap_or("/");
    let (kind, text) = FULL.told(path);
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nRetry-After: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        text.len(),
        FULL.after
    );
    // Whoever went away needs no answer.
    let _ = stream.write_all((head + &text).as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The connections that are open.
#[derive(Clone)]
struct Lines(Arc<Inner>);

struct Inner {
    most: Most,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// The oldest first.
    lines: BTreeMap<u64, Line>,
    of_address: HashMap<IpAddr, usize>,
    next: u64,
    /// That there is no room has been logged, and there was not much since.
    full: bool,
}

struct Line {
    address: IpAddr,
    work: Work,
    task: JoinHandle<()>,
}

enum Room {
    Free,
    /// This one is off the list, and to be cut.
    Instead(JoinHandle<()>),
    None,
}

impl Lines {
    fn new(most: Most) -> Self {
        Self(Arc::new(Inner { most, open: Mutex::default() }))
    }

    fn open_now(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_empty(&self) -> bool {
        self.open_now().lines.is_empty()
    }

    fn cut_all(&self) {
        self.open_now().lines.values().for_each(|line| line.task.abort());
    }

    fn room_for(&self, address: IpAddr) -> Room {
        let mut open = self.open_now();
        let Most { in_all, per_address } = self.0.most;
        let of_address = open.of_address.get(&address).copied().unwrap_or_default();
        let only = if of_address >= per_address {
            Some(address)
        } else if open.lines.len() >= in_all {
            None
        } else {
            return Room::Free;
        };
        let mut idle = open.lines.iter().filter(|(_, line)| only.is_none_or(|one| line.address == one));
        let longest = idle.find(|(_, line)| line.work.is_idle()).map(|(number, _)| *number);
        if let Some(line) = longest.and_then(|number| open.leave(number)) {
            return Room::Instead(line.task);
        }
        if !std::mem::replace(&mut open.full, true) {
            let of_one_address = only.is_some();
            tracing::warn!(
                in_all,
                per_address,
                of_one_address,
                "no room for more connections: they are told to come back"
            );
        }
        Room::None
    }

    fn open<F: Future<Output = ()> + Send + 'static>(&self, address: IpAddr, serve: impl FnOnce(Work) -> F) {
        let mut open = self.open_now();
        let (number, work) = (open.next, Work::default());
        open.next += 1;
        let leaving = Leaving { lines: self.clone(), number };
        let serving = serve(work.clone());
        // It can't leave before it is on the list: leaving takes the list, which is held here.
        let task = tokio::spawn(async move {
            serving.await;
            drop(leaving);
        });
        *open.of_address.entry(address).or_default() += 1;
        open.lines.insert(number, Line { address, work, task });
    }
}

impl Open {
    fn leave(&mut self, number: u64) -> Option<Line> {
        let line = self.lines.remove(&number)?;
        if let Some(open) = self.of_address.get_mut(&line.address) {
            *open -= 1;
            if *open == 0 {
                self.of_address.remove(&line.address);
            }
        }
        Some(line)
    }
}

/// Takes a connection off the list when it ends, however it ends.
struct Leaving {
    lines: Lines,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut open = self.lines.open_now();
        let left = open.leave(self.number);
        if left.is_some() && open.lines.len() * 10 < self.lines.0.most.in_all * 9 {
            open.full = false;
        }
        drop(open);
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[tokio::test]
    async fn the_one_that_asked_nothing_for_longest_makes_room_and_who_is_at_work_stays() {
        let lines = Lines::new(Most { in_all: 3, per_address: 2 });
        let mut works = Vec::new();
        for address in [HERE, THERE, HERE] {
            assert!(matches!(lines.room_for(address), Room::Free));
            lines.open(address, |work| {
                works.push(work);
                std::future::pending()
            });
        }
        let first = works[0].begin();
        let Room::Instead(task) = lines.room_for(THERE) else { panic!("the second is idle") };
        task.abort();
        assert!(task.await.is_err_and(|why| why.is_cancelled()));
        assert_eq!(lines.open_now().lines.keys().copied().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(lines.open_now().of_address.get(&THERE), None);
        let Room::Instead(task) = lines.room_for(HERE) else { panic!("one of its own two is idle") };
        task.abort();
        lines.open(HERE, |work| {
            works.push(work);
            std::future::pending()
        });
        let second = works[3].begin();
        assert!(matches!(lines.room_for(HERE), Room::None), "both are at work");
        assert!(matches!(lines.room_for(THERE), Room::Free));
        drop((first, second));
        assert!(matches!(lines.room_for(HERE), Room::Instead(_)));
    }
}
