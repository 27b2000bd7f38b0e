//! What the client promises: problems as the server wrote them, retries where they do no harm.
//!
//! Against a server of a few lines that answers from a script, so that each case is exact.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use mraos_plant::client::{Client, ClientError};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n";
const LOST: &str = "";

fn answer(status: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Answers one scripted text per request and keeps what was asked.
async fn scripted(script: Vec<String>) -> (Client, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        for answer in script {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 16_384];
            let length = socket.read(&mut request).await.unwrap();
            let text = String::from_utf8_lossy(&request[..length]).into_owned();
            seen.lock().unwrap().push(text);
            if answer != LOST {
                let closed = if answer == BUSY { "connection: close\r\n\r\n" } else { "" };
                socket.write_all(format!("{answer}{closed}").as_bytes()).await.unwrap();
            }
        }
    });
    (Client::new(&url, "s3cret").unwrap(), asked)
}

#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let good = answer("200 OK", &json!({"n": 1}));
    let (client, asked) = scripted(vec![BUSY.to_owned(), BUSY.to_owned(), good]).await;
    let body = client.post::<Value>("/machines", &json!({}), None).await.unwrap().body;
    assert_eq!(body, json!({"n": 1}));
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_write_with_a_key_survives_a_lost_connection() {
    let good = answer("201 Created\r\nidempotency-replayed: true", &json!({"n": 1}));
    let (client, asked) = scripted(vec![LOST.to_owned(), good]).await;
    let answer = client.post::<Value>("/allocations", &json!({}), Some("row-7")).await.unwrap();
    assert!(answer.replayed);
    let asked = asked.lock().unwrap();
    assert!(asked.iter().all(|request| request.contains("idempotency-key: row-7")));
    assert!(asked[0].starts_with("POST /api/v1/allocations HTTP/1.1"), "{}", asked[0]);
    assert!(asked[0].contains("authorization: Bearer s3cret"));
}

#[tokio::test]
async fn a_write_without_a_key_is_not_sent_twice() {
    let (client, asked) = scripted(vec![LOST.to_owned(), answer("200 OK", &json!({}))]).await;
    let error = client.post::<Value>("/allocations", &json!({}), None).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { attempts: 1, .. }), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_arrives_as_the_server_wrote_it() {
    let problem = json!({
        "type": "about:blank", "title": "Refused", "status": 409, "code": "refused",
        "detail": "1 rule", "refusals": [{
            "code": "machine_booked", "entity_type": "machine", "entity_id": "M-04",
            "message": "busy", "overridable": false, "allocation_id": 12
        }]
    });
    let (client, _) = scripted(vec![answer("409 Conflict", &problem)]).await;
    match client.post::<Value>("/allocations", &json!({}), None).await.unwrap_err() {
        ClientError::Problem { problem, .. } => {
            assert_eq!(problem.refusals[0].allocation_id, Some(12));
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_page_of_some_proxy_is_shown_and_named() {
    let page = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\nconnection: close\r\n\r\n<html";
    let (client, _) = scripted(vec![page.to_owned()]).await;
    let error = client.get::<Value>("/machines").await.unwrap_err().to_string();
    assert!(error.contains("502 Bad Gateway") && error.contains("<html"), "{error}");
}

#[test]
fn addresses_are_checked_and_the_token_is_never_shown() {
    for url in ["", "127.0.0.1:8080", "ftp://plant", "https://plant"] {
        assert!(Client::new(url, "s3cret").is_err(), "{url}");
    }
    let shown = format!("{:?}", Client::new("http://127.0.0.1:1/", "s3cret").unwrap());
    assert!(shown.contains("127.0.0.1") && !shown.contains("s3cret"), "{shown}");
}
