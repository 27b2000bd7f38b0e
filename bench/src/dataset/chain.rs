//! Writing events in the log's own format: canonical JSON, each digest over the one before.
//!
//! Positions are dense and times go up by the same step, so that the history ends about now.

use std::fmt::Write as _;
use std::pin::Pin;

use anyhow::Result;
use bytes::Bytes;
use futures_util::SinkExt as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, CopyInSink};

const COPY: &str = "COPY events (position, event_id, entity_type, entity_id, event_type, \
    schema_version, payload, entities, occurred_at, recorded_at, actor, source, digest) FROM STDIN";
/// Time from one event to the next.
const STEP: SignedDuration = SignedDuration::from_millis(100);
const SEND_BYTES: usize = 256 * 1024;

/// The end of a log that is being written.
pub(super) struct LogWriter {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    buffer: String,
    position: i64,
    previous: [u8; 32],
    at: Timestamp,
    end: Timestamp,
}

/// One entity that an event touches, with its version afterwards.
pub(super) type Touched<'a> = (&'a str, &'a str, i32);

impl LogWriter {
    /// Begins an empty log that is to have about `events` events.
    pub(super) async fn begin(client: &Client, events: i64) -> Result<Self> {
        let sink = client.copy_in(COPY).await?;
        let span = STEP.checked_mul(i32::try_from(events)?).unwrap_or_default();
        #[expect(clippy::disallowed_methods, reason = "a generated history ends at present")]
        let end = Timestamp::now();
        let at = Timestamp::from_second((end - span).as_second())?;
        let (buffer, previous) = (String::new(), [0; 32]);
        Ok(Self { sink: Box::pin(sink), buffer, position: 0, previous, at, end })
    }

    /// The position that the next event will have.
    pub(super) fn next_position(&self) -> i64 {
        self.position + 1
    }

    /// The time of the next event.
    pub(super) fn next_time(&self) -> Timestamp {
        self.at + STEP
    }

    /// The last midnight, in UTC.
    pub(super) fn last_midnight(&self) -> Result<Timestamp> {
        let today = self.end.to_zoned(TimeZone::UTC).date();
        Ok(today.to_zoned(TimeZone::UTC)?.timestamp())
    }

    /// Appends an event of the first version of its shape.
    pub(super) async fn append(
        &mut self,
        event_type: &str,
        payload: &Value,
        touched: &[Touched<'_>],
    ) -> Result<()> {
        self.append_version(event_type, 1, payload, touched).await
    }

    /// Appends an event; the entity that leads comes first in `touched`. A JSON value keeps its
    /// members in order and is written without blanks: the canonical form.
    pub(super) async fn append_version(
        &mut self,
        event_type: &str,
        schema_version: i16,
        payload: &Value,
        touched: &[Touched<'_>],
    ) -> Result<()> {
        self.position += 1;
        self.at = self.next_time();
        let (position, at, payload) = (self.position, time(self.at), payload.to_string());
        let (entity_type, entity_id, _) = touched[0];
        let event_id = format!("00000000-0000-7000-8000-{position:012x}");
        let mut entities = String::from("[");
        for (number, (entity_type, entity_id, version)) in touched.iter().enumerate() {
            let comma = if number > 0 { "," } else { "" };
            write!(
                entities,
                "{comma}{{\"entity_id\":\"{entity_id}\",\"entity_type\":\"{entity_type}\",\
                 \"version\":{version}}}"
            )?;
        }
        entities.push(']');
        let row = format!(
            "{{\"actor\":\"bench\",\"correlation_id\":null,\"entities\":{entities},\
             \"entity_id\":\"{entity_id}\",\"entity_type\":\"{entity_type}\",\
             \"event_id\":\"{event_id}\",\"event_type\":\"{event_type}\",\
             \"occurred_at\":\"{at}\",\"payload\":{payload},\"position\":\"{position}\",\
             \"recorded_at\":\"{at}\",\"schema_version\":{schema_version},\"source\":\"api\"}}"
        );
        let mut hasher = Sha256::new();
        hasher.update(self.previous);
        hasher.update(row);
        self.previous = hasher.finalize().into();
        write!(
            self.buffer,
            "{position}\t{event_id}\t{entity_type}\t{entity_id}\t{event_type}\t\
             {schema_version}\t{payload}\t{entities}\t{at}\t{at}\tbench\tapi\t\\\\x"
        )?;
        for byte in self.previous {
            write!(self.buffer, "{byte:02x}")?;
        }
        self.buffer.push('\n');
        if self.buffer.len() >= SEND_BYTES {
            self.send().await?;
        }
        Ok(())
    }

    /// Ends the log; its last position.
    pub(super) async fn finish(mut self) -> Result<i64> {
        self.send().await?;
        self.sink.as_mut().finish().await?;
        Ok(self.position)
    }

    async fn send(&mut self) -> Result<()> {
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        Ok(self.sink.send(bytes).await?)
    }
}

/// A time as events hold it.
pub(super) fn time(at: Timestamp) -> String {
    format!("{at:.6}")
}
