//! Options of commands that talk to a running server: where it is, and as whom.
//!
//! Without a token the bootstrap token of the settings is used, so that scripts that start a
//! server need no second secret. Opens no connection.

use clap::Args;
use mraos_plant::client::Client;

use crate::config::Settings;

/// Which running server a command talks to, and as whom.
#[derive(Debug, Args)]
pub(super) struct RunningServer {
    /// Address of the server
    #[arg(long, value_name = "URL", env = "MRAOS_URL", default_value = "http://127.0.0.1:8080")]
    pub(super) url: String,
    /// Token of an administrator or of an integration
    #[arg(long, value_name = "TOKEN", env = "MRAOS_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

impl RunningServer {
    /// The secret to send.
    pub(super) fn token<'a>(&'a self, settings: &'a Settings) -> anyhow::Result<&'a str> {
        let bootstrap = settings.bootstrap_token.as_ref().map(|token| token.expose());
        self.token.as_deref().or(bootstrap).ok_or_else(|| {
            anyhow::anyhow!(
                "no token: set MRAOS_TOKEN or give `--token`; `mraos token create` makes one"
            )
        })
    }

    /// A client that talks to it.
    pub(super) fn client(&self, settings: &Settings) -> anyhow::Result<Client> {
        Ok(Client::new(&self.url, self.token(settings)?)?)
    }
}
