//! A keep-alive HTTP/1.1 connection for load generation.
//!
//! The generator shares the machine with what it measures, so it does the least that the protocol
//! allows: one write per request, one buffer per connection, no header map. It reads answers with
//! a length only, which is what a JSON API sends; anything else is an error, never a guess.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection with its token.
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    token: String,
    request: Vec<u8>,
    response: Vec<u8>,
}

/// A whole answer; the body lives in the connection's buffer.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

struct Head {
    status: u16,
    length: usize,
    body_length: usize,
}

impl Connection {
    /// Connects to a server.
    pub(crate) async fn open(address: SocketAddr, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address,
            token: token.to_owned(),
            request: Vec::with_capacity(1_024),
            response: Vec::with_capacity(4_096),
        })
    }

    /// Replaces a broken connection by a new one.
    pub(crate) async fn reopen(&mut self) -> io::Result<()> {
        self.stream = TcpStream::connect(self.address).await?;
        self.stream.set_nodelay(true)
    }

    /// Sends one request and reads its answer.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        idempotency_key: Option<&str>,
        body: &str,
    ) -> io::Result<Answer<'_>> {
        self.request.clear();
        let key = idempotency_key.map(|key| format!("idempotency-key: {key}\r\n"));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\n{}content-length: {}\r\n\r\n",
            self.address,
            self.token,
            key.as_deref().unwrap_or_default(),
            body.len(),
        );
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body.as_bytes());
        self.stream.write_all(&self.request).await?;
        self.read_answer().await
    }

    async fn read_answer(&mut self) -> io::Result<Answer<'_>> {
        self.response.clear();
        let head = loop {
            if let Some(head) = parse_head(&self.response)? {
                break head;
            }
            self.read_more().await?;
        };
        let end = head.length + head.body_length;
        while self.response.len() < end {
            self.read_more().await?;
        }
        Ok(Answer { status: head.status, body: &self.response[head.length..end] })
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.response).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "connection closed")),
            _ => Ok(()),
        }
    }
}

/// Reads status and length once the whole head has arrived.
fn parse_head(received: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let unreadable = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let text = std::str::from_utf8(&received[..end]).map_err(|_| unreadable("head is not text"))?;
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| unreadable("no status code"))?;
    let body_length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map(|(_, value)| value.trim().parse());
    match body_length {
        Some(Ok(body_length)) => Ok(Some(Head { status, length: end + 4, body_length })),
        None if status == 204 => Ok(Some(Head { status, length: end + 4, body_length: 0 })),
        _ => Err(unreadable("answer without a content-length")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_read_only_when_it_is_whole() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"a\":1}";
        for cut in 0..40 {
            assert!(matches!(parse_head(&answer[..cut]), Ok(None)));
        }
        let head = parse_head(answer);
        assert!(head.is_ok_and(|head| head.is_some_and(|head| (
            head.status,
            head.length,
            head.body_length
        ) == (201, 44, 12))));
    }

    #[test]
    fn answer_of_unknown_length_is_an_error() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
