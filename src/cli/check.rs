//! `hinomi check`

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use crate::app::App;

/// Proves the definitions: indicators, boards and mappings fit each other and the store
///
/// Each header parses, each query prepares, each panel shows something that exists and fits it, each indicator
/// is shown somewhere, each mapping feeds real columns. Then it tells what the quality queries find in the data.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi check --config hinomi.toml")]
pub struct Check {}

impl Check {
    pub async fn run(&self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let checked = app.clone();
        let problems =
            tokio::task::spawn_blocking(move || crate::answer::check(&checked.catalog, &checked.store))
                .await?;
        for problem in &problems {
            out.line(problem.to_string());
        }
        match problems.len() {
            0 => {
                let catalog = &app.catalog;
                let (indicators, boards, mappings) =
                    (catalog.indicators.len(), catalog.boards.len(), catalog.mappings.len());
                out.line(format!(
                    "指標{indicators}・ボード{boards}・取込定義{mappings}: 誤りはありません · {indicators} indicators, {boards} boards, \
                     {mappings} mappings: no fault"
                ));
                for fault in app.answers.data_faults().await?.iter() {
                    out.line(format!("data: {} ({}), {} rows", fault.title_ja, fault.id, fault.rows));
                    let rows = crate::present::fault_lines(fault, catalog);
                    rows.iter().for_each(|row| out.line(format!("  {row}")));
                }
                Ok(())
            }
            1 => anyhow::bail!("定義に1件の誤りがあります (1 fault in the definitions)"),
            many => anyhow::bail!("定義に{many}件の誤りがあります ({many} faults in the definitions)"),
        }
    }
}
