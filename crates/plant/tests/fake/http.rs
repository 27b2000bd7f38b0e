//! The least HTTP that a test server needs: requests with a body, answers in JSON, keep-alive.
//!
//! Reads what this product's client sends, nothing else: lower-case header names, a length, a
//! JSON body. Panics on anything unexpected, because a test wants to know.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Status, body and whether the answer is a recorded one.
pub(crate) struct Reply(pub(crate) u16, pub(crate) Value, pub(crate) bool);

/// One request.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) key: Option<String>,
    pub(crate) body: Value,
}

/// Serves every connection with `handle` and says where.
pub(crate) async fn serve<H, F>(handle: H) -> String
where
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let handle = Arc::new(handle);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(converse(socket, Arc::clone(&handle)));
        }
    });
    url
}

async fn converse<H, F>(mut socket: TcpStream, handle: Arc<H>)
where
    H: Fn(Asked) -> F,
    F: Future<Output = Reply>,
{
    let (read, mut write) = socket.split();
    let mut read = BufReader::new(read);
    while let Some(asked) = read_request(&mut read).await {
        let Reply(status, body, replayed) = handle(asked).await;
        let body = body.to_string();
        let flag = if replayed { "idempotency-replayed: true\r\n" } else { "" };
        let head = format!("HTTP/1.1 {status} X\r\n{flag}content-length: {}\r\n\r\n", body.len());
        if write.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read_request(read: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Asked> {
    let mut line = String::new();
    read.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ');
    let method = words.next()?.to_owned();
    let path = words.next()?.trim_start_matches("/api/v1").to_owned();
    let (mut length, mut key) = (0, None);
    loop {
        let mut header = String::new();
        read.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name {
            "content-length" => length = value.parse().ok()?,
            "idempotency-key" => key = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut bytes = vec![0; length];
    read.read_exact(&mut bytes).await.ok()?;
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Some(Asked { method, path, key, body })
}
