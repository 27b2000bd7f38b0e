//! `mraos serve`: a node, until it is told to stop.
//!
//! Prints its address once it answers, on standard output, for people and scripts. Everything else
//! that it has to say goes to the log.

use clap::Args;

use super::node::{self, Node, StopSignals};
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port of the API; port 0 takes any free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) listen: Option<String>,
}

pub(super) fn run(place: &Place, args: &ServeArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(args.listen.clone(), Verbosity::Service)?;
    super::block_on(async {
        let mut signals = StopSignals::catch()?;
        let listener = node::bind(&settings)?;
        let token = settings.bootstrap_token.as_ref();
        let starting = Node::start(&settings, place.data_dir(), token, listener);
        let node = tokio::select! {
            started = starting => started?,
            () = signals.wait() => anyhow::bail!("stopped while starting"),
        };
        output::print_line(&format!("mraos listens on {}", node.url()))?;
        node.run_until_signal(signals).await
    })?;
    Ok(Verdict::Good)
}
