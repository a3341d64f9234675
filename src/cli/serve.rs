//! `hinomi serve`

use super::socket::Socket;
use super::{Common, log};
use crate::app::Server;
use crate::config::LogFormat;
use crate::epi::clock::Clock;

/// Runs the server: takes files, answers, shows the walls, until it is told to stop
///
/// Listens on 127.0.0.1:8460 unless the settings say otherwise. SIGTERM and Ctrl-C end it in order.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  hinomi serve --config /etc/hinomi/hinomi.toml")]
pub(super) struct Serve {}

impl Serve {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<()> {
        let settings = common.settings()?;
        let of_log = settings.log.clone();
        log::of_server(&of_log)?;
        tokio::runtime::Runtime::new()?.block_on(async {
            let mut server = Server::build(settings, Clock::running(), Socket::open).await?;
            server.show();
            // Whoever reads standard error as JSON gets nothing else; an event says the address too.
            if of_log.file.is_some() || of_log.format != LogFormat::Json {
                eprintln!("hinomi: http://{}/", server.address());
            }
            server.run_until_stopped().await
        })
    }
}
