//! The control socket of a running server: commands of the same user (or root) are carried out here, where the
//! data folder is open. It is there from the first moment on that the folder is held: who comes while the server starts
//! waits a little, and is then told to come again.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::BufReader;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::command::execute;
use super::output::Output;
use super::wire;
use crate::app::{App, Control};

/// How long a command waits for a server that is starting.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a server that stops waits for the commands in hand.
const LONGEST: Duration = Duration::from_mins(1);
const STARTING: &str =
    "起動中です。数秒後にもう一度実行してください (the server is starting: try again in a few seconds)";

/// The app, once it is there.
type Ready = watch::Receiver<Option<Arc<App>>>;

pub(super) struct Socket {
    path: PathBuf,
    app: watch::Sender<Option<Arc<App>>>,
    serving: JoinHandle<()>,
}

impl Socket {
    /// Opens the socket; one that a dead server left is replaced. The caller holds the data folder's lock.
    pub(super) fn open(path: PathBuf) -> anyhow::Result<Self> {
        let open = || {
            let _ = std::fs::remove_file(&path);
            let (address, folder) = wire::address(&path)?;
            let listener = UnixListener::bind(address)?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
            std::io::Result::Ok((listener, folder))
        };
        let (listener, folder) = open().with_context(|| {
            format!("制御ソケット {0} を開けません (unable to open the control socket {0})", path.display())
        })?;
        let (app, ready) = watch::channel(None);
        let serving = tokio::spawn(run(listener, folder, path.clone(), ready));
        Ok(Self { path, app, serving })
    }
}

impl Control for Socket {
    fn ready(self, app: Arc<App>) -> JoinHandle<()> {
        self.app.send_replace(Some(app));
        self.serving
    }

    fn close(self) {
        self.serving.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Serves until the shutdown; then waits a while for the commands in hand.
async fn run(listener: UnixListener, folder: Option<std::fs::File>, path: PathBuf, ready: Ready) {
    let in_hand = TaskTracker::new();
    let stopped = stopped(ready.clone());
    tokio::pin!(stopped);
    loop {
        let stream = tokio::select! {
            () = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(why) => {
                    warn!(%why, "unable to take a command");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let ready = ready.clone();
        in_hand.spawn(async move {
            if let Err(why) = converse(ready, stream).await {
                info!(%why, "a command's reader went away");
            }
        });
    }
    let _ = std::fs::remove_file(Path::new(&path));
    in_hand.close();
    if tokio::time::timeout(LONGEST, in_hand.wait()).await.is_err() {
        warn!(commands = in_hand.len(), "not waited for any longer");
    }
    drop(folder);
}

/// Returns at the shutdown of a server that is there.
async fn stopped(mut ready: Ready) {
    let app = there(&mut ready).await;
    match app {
        Some(app) => app.shutdown.cancelled().await,
        None => std::future::pending().await,
    }
}

/// The app, as soon as it is there; None when it never will be.
async fn there(ready: &mut Ready) -> Option<Arc<App>> {
    ready.wait_for(Option::is_some).await.ok()?.clone()
}

async fn converse(mut ready: Ready, stream: UnixStream) -> anyhow::Result<()> {
    let peer = stream.peer_cred()?.uid();
    let (read, mut write) = stream.into_split();
    if peer != 0 && peer != rustix::process::geteuid().as_raw() {
        warn!(uid = peer, "a command of another user was turned away");
        let refusal = Err(anyhow::anyhow!(
            "サーバーは自分と同じ利用者からのコマンドだけを受け付けます (the server takes commands from its own user only)"
        ));
        return Ok(wire::write_end(&mut write, refusal).await?);
    }
    let request = match wire::read_request(&mut BufReader::new(read)).await {
        Ok(request) => request,
        Err(why) => return Ok(wire::write_end(&mut write, Err(why)).await?),
    };
    let Ok(Some(app)) = tokio::time::timeout(PATIENCE, there(&mut ready)).await else {
        return Ok(wire::write_end(&mut write, Err(anyhow::anyhow!(STARTING))).await?);
    };
    let (out, mut events) = Output::channel();
    let work = tokio::spawn(async move { execute(&app, request.command, &out).await });
    let mut heard = Ok(());
    while let Some(event) = events.recv().await {
        if heard.is_ok() {
            heard = wire::write_event(&mut write, event).await;
        }
    }
    let ended = work.await.unwrap_or_else(|_| {
        Err(anyhow::anyhow!("プログラムの誤りで終了しました (a fault in the program ended the command)"))
    });
    heard?;
    Ok(wire::write_end(&mut write, ended).await?)
}
