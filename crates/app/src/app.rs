//! The application: one handle to everything that can be asked.
//!
//! Built once by the binary from a database address, keys and settings; cheap to clone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mraos_domain::{Actor, ChangeSource, Command, Context, Instant, OperatorId, Plant, Refusal};
use mraos_store::{ConnectOptions, Store};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::access::{Access, CredentialId};
use crate::accounts::{Accounts, AccountsOptions};
use crate::audit::{AccessPage, Audit, AuditedAccess, DataAccess};
use crate::clock::Clock;
use crate::committer::{Committer, CommitterOptions};
use crate::erasure;
use crate::erasure_ledger::Ledger;
use crate::error::AppError;
use crate::free_text;
use crate::live::{AtHand, Live};
use crate::reads::{Paged, Reads};
use crate::submission::{MAX_COMMANDS, Outcome, Submission};
use crate::suggestions::Suggestions;
use crate::supply::Supply;
use crate::vault::Vault;

/// How long a read waits for a position.
const POSITION_WAIT: Duration = Duration::from_secs(1);
const POSITION_POLL: Duration = Duration::from_millis(10);

/// What the application is built from.
pub struct AppOptions {
    /// The migrated database.
    pub connect: ConnectOptions,
    /// Settings of the plant.
    pub plant: Plant,
    /// Master key of the vault.
    pub master_key: [u8; 32],
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// File that says who was erased, outside of the database and its backups.
    pub erasure_ledger: PathBuf,
    /// An administrator's token for scripts, kept in memory only.
    pub bootstrap_token: Option<String>,
}

/// The application.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    reads: Reads,
    vault: Vault,
    ledger: Arc<Ledger>,
    audit: Audit,
    accounts: Accounts,
    live: Live,
    plant: Arc<Plant>,
    clock: Arc<dyn Clock>,
    epoch: Uuid,
    committer: std::sync::RwLock<Option<Committer>>,
    committing: Mutex<Option<JoinHandle<()>>>,
    upkeep: JoinHandle<()>,
    overruns: JoinHandle<()>,
    supply: Supply,
    supplying: JoinHandle<()>,
}

impl App {
    /// Starts the application on a migrated database.
    pub async fn start(options: AppOptions) -> Result<Self, AppError> {
        let store = Store::new(&options.connect)?;
        let epoch = store.establish_epoch(Uuid::new_v4()).await?;
        if epoch.is_new {
            tracing::info!(epoch = %epoch.epoch, "the log has a new epoch");
        }
        let vault = Vault::new(&options.master_key);
        free_text::seal_open(&store, &vault).await?;
        let plant = Arc::new(options.plant);
        let at_hand = AtHand::default();
        let reads = Reads::new(store.clone(), vault.clone(), at_hand.clone());
        let (live, feed) = Live::start(
            options.connect.clone(),
            store.clone(),
            (reads.clone(), at_hand),
            epoch.epoch.to_string(),
        );
        // Others stop reading from memory before this node writes.
        live.announce().await;
        let (committer, task) = Committer::start(CommitterOptions {
            connect: options.connect,
            plant: plant.clone(),
            clock: options.clock.clone(),
            feed,
        });
        let overruns =
            crate::overrun::start(live.clone(), options.clock.clone(), committer.clone());
        let upkeep = crate::upkeep::start(store.clone(), options.clock.clone());
        let supply =
            Supply { store: store.clone(), plant: plant.clone(), clock: options.clock.clone() };
        let supplying = supply.clone().start(committer.clone());
        let inner = Inner {
            reads,
            live,
            accounts: Accounts::new(AccountsOptions {
                store: store.clone(),
                vault: vault.clone(),
                clock: options.clock.clone(),
                bootstrap_token: options.bootstrap_token,
            })?,
            vault,
            ledger: Arc::new(Ledger::new(options.erasure_ledger)),
            audit: Audit::start(store.clone()),
            plant,
            clock: options.clock,
            epoch: epoch.epoch,
            committer: std::sync::RwLock::new(Some(committer)),
            committing: Mutex::new(Some(task)),
            upkeep,
            overruns,
            supply,
            supplying,
            store,
        };
        let app = Self { inner: Arc::new(inner) };
        app.apply_ledger().await?;
        Ok(app)
    }

    /// Hands in one write and waits until it is committed or refused.
    pub async fn submit(&self, mut submission: Submission) -> Result<Outcome, AppError> {
        if submission.commands.len() > MAX_COMMANDS {
            let text = format!("a submission has at most {MAX_COMMANDS} commands");
            return Err(AppError::Internal(text));
        }
        free_text::seal(&mut submission.attachments, &self.inner.vault)?;
        match erasure::erases(&submission) {
            nobody if nobody.is_empty() => self.hand_in(submission).await,
            people => self.erase(submission, people).await,
        }
    }

    /// Hands a submission to the committer.
    pub(crate) async fn hand_in(&self, submission: Submission) -> Result<Outcome, AppError> {
        self.committer()?.submit(submission).await
    }

    /// What would speak against `command`; commits nothing.
    pub async fn validate(
        &self,
        command: &Command,
        actor: Actor,
        stated_at: Option<Instant>,
    ) -> Result<Vec<Refusal>, AppError> {
        let context = Context {
            actor,
            source: ChangeSource::Api,
            recorded_at: self.inner.clock.now(),
            stated_at,
            plant: self.inner.plant.clone(),
        };
        self.inner.reads.validate(command, &context).await
    }

    /// Suggestions by rules alone.
    pub fn suggestions(&self) -> Suggestions<'_> {
        let Inner { reads, live, plant, clock, .. } = &*self.inner;
        Suggestions { reads, live, plant, now: clock.now() }
    }

    /// Brings reservations up to date, as happens once a minute by itself; how many changed.
    pub async fn supply(&self) -> Result<u64, AppError> {
        self.inner.supply.run(&self.committer()?).await
    }

    /// Operators who are called like that, by id; the names are those that this node's screens
    /// show.
    pub async fn operators_called(&self, wanted: &str) -> Result<Vec<OperatorId>, AppError> {
        self.inner.live.people_called(self.last_position(), wanted).await
    }

    /// Notes that somebody is about to see something; an answer that fails this must not be given.
    pub async fn note_access(&self, access: DataAccess) -> Result<(), AppError> {
        self.inner.audit.note(access).await
    }

    /// A page of who has seen what, newest first.
    pub async fn list_accesses(&self, page: &AccessPage) -> Result<Paged<AuditedAccess>, AppError> {
        let rows = self.inner.store.accesses(page).await?;
        Ok(crate::reads::cut(rows, page.limit, |row| row.audit_id.to_string()))
    }

    /// Reads.
    pub fn reads(&self) -> &Reads {
        &self.inner.reads
    }

    /// The live stream.
    pub fn live(&self) -> &Live {
        &self.inner.live
    }

    /// The vault of personal data.
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// Who was erased.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.inner.ledger
    }

    /// Settings of the plant.
    pub fn plant(&self) -> &Plant {
        &self.inner.plant
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// The epoch of the log.
    pub fn epoch(&self) -> Uuid {
        self.inner.epoch
    }

    /// The store, for tokens, users and the log's upkeep.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Users, sessions and tokens.
    pub fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// Who shows this secret of a token or session, if it is a live one.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Access>, AppError> {
        self.inner.accounts.authenticate(secret).await
    }

    /// What a credential stands for at present; `None` once it is revoked or has ended. At most a
    /// second behind, and at once on the node where the change was made; cheap enough for every
    /// socket.
    pub async fn still_valid(&self, id: &CredentialId) -> Result<Option<Access>, AppError> {
        self.inner.accounts.still_valid(id).await
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.inner.store.ping().await.is_ok()
    }

    /// The last position that this node has committed.
    pub fn last_position(&self) -> i64 {
        self.committer().map(|committer| committer.last_position()).unwrap_or_default()
    }

    /// Waits until reads reflect `position`; `false` if they do not within a second.
    pub async fn wait_for_position(&self, position: i64) -> Result<bool, AppError> {
        if self.last_position() >= position {
            return Ok(true);
        }
        let deadline = tokio::time::Instant::now() + POSITION_WAIT;
        loop {
            if self.inner.store.last_position().await? >= position {
                self.inner.live.note_committed(position);
                return Ok(true);
            }
            if tokio::time::Instant::now() >= deadline {
                return Ok(false);
            }
            tokio::time::sleep(POSITION_POLL).await;
        }
    }

    /// Takes no more writes and waits until those accepted are answered.
    pub async fn shut_down(&self) {
        self.inner.upkeep.abort();
        self.inner.overruns.abort();
        self.inner.supplying.abort();
        if let Ok(mut committer) = self.inner.committer.write() {
            committer.take();
        }
        if let Some(task) = self.inner.committing.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the committer ended badly");
        }
        self.inner.audit.stop().await;
    }

    fn committer(&self) -> Result<Committer, AppError> {
        let guard = self.inner.committer.read();
        guard.ok().and_then(|guard| guard.clone()).ok_or(AppError::Unavailable)
    }
}
