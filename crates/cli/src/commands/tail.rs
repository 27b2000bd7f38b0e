//! `mraos tail`: what happens on the floor of a running server, line by line.
//!
//! Listens on the live stream like any client and goes on where it was when the connection is
//! lost. For people one line per message, with `--json` one frame per line for scripts.

use anyhow::Context as _;
use clap::Args;
use mraos_api::live::{Message, NamedStart, ServerFrame, Start};
use mraos_plant::live::LiveClient;
use serde_json::Value;

use super::running_server::RunningServer;
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

const CHANNELS: [&str; 4] =
    ["resource-status", "allocation-changes", "work-order-progress", "alerts"];

#[derive(Debug, Args)]
pub(super) struct TailArgs {
    /// Where to begin: `now`, `snapshot` for the present state first, or after a log position
    #[arg(long, value_name = "now|snapshot|N", default_value = "now")]
    from: From,
    /// A channel, such as `alerts` or `line:Line-2:*`; all of them if none is given
    #[arg(long = "channel", value_name = "CHANNEL")]
    channels: Vec<String>,
    /// End after this many event frames
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// One frame per line, in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: RunningServer,
}

/// Where to begin.
#[derive(Debug, Clone, Copy)]
enum From {
    Named(NamedStart),
    Position(i64),
}

impl std::str::FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "now" => Ok(Self::Named(NamedStart::Now)),
            "snapshot" => Ok(Self::Named(NamedStart::Snapshot)),
            number => match number.parse() {
                Ok(position) if position >= 0 => Ok(Self::Position(position)),
                _ => Err(format!("`{number}` is neither now, nor snapshot, nor a log position")),
            },
        }
    }
}

pub(super) fn run(place: &Place, args: &TailArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let token = args.server.token(&settings)?;
    let mut client = LiveClient::new(&args.server.url, token)?;
    let mut channels = args.channels.clone();
    if channels.is_empty() {
        channels = CHANNELS.map(str::to_owned).to_vec();
    }
    match args.from {
        From::Named(start) => client.want("tail", channels, Start::Named(start)),
        From::Position(position) => client.want_after("tail", channels, position),
    }
    super::block_on(follow(&mut client, args))
}

async fn follow(client: &mut LiveClient, args: &TailArgs) -> anyhow::Result<Verdict> {
    let mut events = 0;
    loop {
        let frame = tokio::select! {
            frame = client.next() => frame?,
            stopped = tokio::signal::ctrl_c() => {
                stopped.context("cannot catch an interrupt")?;
                return Ok(Verdict::Good);
            }
        };
        if args.json {
            output::print_line(&serde_json::to_string(&frame)?)?;
        } else {
            show(&frame)?;
        }
        match frame {
            ServerFrame::Error { detail, .. } => anyhow::bail!(detail),
            ServerFrame::Event { .. } => events += 1,
            _ => {}
        }
        if args.limit.is_some_and(|limit| events >= limit) {
            return Ok(Verdict::Good);
        }
    }
}

/// What a frame says to a person.
fn show(frame: &ServerFrame) -> anyhow::Result<()> {
    match frame {
        ServerFrame::Subscribed { position, .. } => {
            output::print_line(&format!("listening after position {position}"))
        }
        ServerFrame::Snapshot { items, .. } => {
            for item in items {
                let state = describe(&item.data);
                output::print_line(&format!(
                    "{:11} {:14} {state}",
                    item.entity_type, item.entity_id
                ))?;
            }
            Ok(())
        }
        ServerFrame::Event { position, events, .. } => {
            for event in events {
                output::print_line(&format!("{position:>9} {}", line_of(event)))?;
            }
            Ok(())
        }
        ServerFrame::Resync { reason, .. } => {
            output::print_line(&format!("the log is another one ({reason}); starting over"))
        }
        ServerFrame::Error { .. } | ServerFrame::Heartbeat { .. } | ServerFrame::Pong { .. } => {
            Ok(())
        }
    }
}

fn line_of(event: &Message) -> String {
    let Message { timestamp, event_type, entity_type, entity_id, data, metadata, .. } = event;
    let state = describe(data);
    let by = &metadata.triggered_by;
    format!("{timestamp:.3} {event_type:26} {entity_type:11} {entity_id:14} {state} ({by})")
}

/// The words of a card that say most.
fn describe(data: &Value) -> String {
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    if let Some(message) = text("message") {
        return message.to_owned();
    }
    let status = text("current_status").or_else(|| text("phase")).or_else(|| text("status"));
    let mut words = vec![status.unwrap_or("-").to_owned()];
    words.extend(text("previous_status").map(|before| format!("(was {before})")));
    words.extend(text("progress_percentage").map(|share| format!("{share} %")));
    words.extend(text("production_line").map(|line| format!("on {line}")));
    for name in ["operator_id", "machine_id", "work_order_id"] {
        if data.get("allocation_id").is_some() {
            words.extend(text(name).map(str::to_owned));
        }
    }
    words.join(" ")
}
