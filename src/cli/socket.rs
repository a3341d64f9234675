//! The control socket of a running server: commands of the same user (or root) are carried out here, where the
//! data folder is open.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::BufReader;
use tokio::net::{UnixListener, UnixStream};
use tracing::{info, warn};

use super::command::execute;
use super::output::Output;
use super::wire;
use crate::app::App;

pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
    _folder: Option<std::fs::File>,
}

impl Socket {
    /// Opens the socket; one that a dead server left is replaced. The caller holds the data folder's lock.
    pub fn open(path: PathBuf) -> anyhow::Result<Self> {
        let open = || {
            let _ = std::fs::remove_file(&path);
            let (address, folder) = wire::address(&path)?;
            let listener = UnixListener::bind(address)?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
            std::io::Result::Ok((listener, folder))
        };
        let (listener, folder) =
            open().with_context(|| format!("unable to open the control socket {}", path.display()))?;
        Ok(Self { listener, path, _folder: folder })
    }

    /// Serves until the word to stop; then waits a while for the commands in hand.
    pub async fn run(self, app: Arc<App>) {
        let in_hand = Arc::new(AtomicUsize::new(0));
        loop {
            let stream = tokio::select! {
                () = app.stop.heard() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(why) => {
                        warn!(%why, "unable to take a command");
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        continue;
                    }
                },
            };
            let (app, in_hand) = (app.clone(), in_hand.clone());
            in_hand.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                if let Err(why) = converse(&app, stream).await {
                    info!(%why, "a command's reader went away");
                }
                in_hand.fetch_sub(1, Ordering::SeqCst);
            });
        }
        let _ = std::fs::remove_file(&self.path);
        for _ in 0..600 {
            if in_hand.load(Ordering::SeqCst) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn converse(app: &Arc<App>, stream: UnixStream) -> anyhow::Result<()> {
    let peer = stream.peer_cred()?.uid();
    let (read, mut write) = stream.into_split();
    if peer != 0 && peer != rustix::process::geteuid().as_raw() {
        warn!(uid = peer, "a command of another user was turned away");
        let refusal = Err(anyhow::anyhow!("the server takes commands from its own user only"));
        return Ok(wire::write_end(&mut write, refusal).await?);
    }
    let request = match wire::read_request(&mut BufReader::new(read)).await {
        Ok(request) => request,
        Err(why) => return Ok(wire::write_end(&mut write, Err(why)).await?),
    };
    let (out, mut events) = Output::channel();
    let work = tokio::spawn({
        let app = app.clone();
        async move { execute(&app, request.command, &out).await }
    });
    let mut heard = Ok(());
    while let Some(event) = events.recv().await {
        if heard.is_ok() {
            heard = wire::write_event(&mut write, event).await;
        }
    }
    let ended =
        work.await.unwrap_or_else(|_| Err(anyhow::anyhow!("a fault in the program ended the command")));
    heard?;
    Ok(wire::write_end(&mut write, ended).await?)
}
