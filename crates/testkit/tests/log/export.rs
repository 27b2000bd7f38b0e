//! An export is verified with nothing but SHA-256, and says where it begins.
//!
//! The chain is followed here over the bytes of the lines, without any code of the product.

use mraos_store::log::checkpoint::Checkpoint;
use mraos_store::log::export::{Range, export};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::plant::LoggedPlant;

async fn lines(plant: &LoggedPlant, range: Range) -> Vec<String> {
    let mut output = Vec::new();
    let options = &plant.test.database.options;
    let events = export(options, range, &mut output, &|_| ()).await.unwrap();
    let text = String::from_utf8(output).unwrap();
    let lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    assert_eq!(lines.len() as i64, events + 2);
    lines
}

/// Follows the chain over the bytes of the lines; the last digest and position.
fn follow(lines: &[String]) -> (Vec<u8>, i64) {
    let head: Value = serde_json::from_str(&lines[0]).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut digest = hex::decode(text(&head["log"]["previous_digest"])).unwrap();
    let mut position = head["log"]["from"].as_i64().unwrap() - 1;
    for line in &lines[1..lines.len() - 1] {
        let (before, rest) = line.split_once("\"row\":").unwrap();
        let row = rest.strip_suffix('}').unwrap();
        digest = Sha256::new().chain_update(&digest).chain_update(row).finalize().to_vec();
        assert!(before.contains(&hex::encode(&digest)), "{line}");
        position += 1;
        let row: Value = serde_json::from_str(row).unwrap();
        assert_eq!(text(&row["position"]), position.to_string());
    }
    (digest, position)
}

#[tokio::test]
async fn an_export_verifies_by_itself_up_to_the_signed_checkpoint() {
    let plant = LoggedPlant::start().await;
    let signed = plant.sign().await;
    let lines = lines(&plant, Range { from: 1, to: None }).await;
    let (digest, position) = follow(&lines);
    let last: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    let checkpoint: Checkpoint = serde_json::from_value(last["checkpoint"].clone()).unwrap();
    assert_eq!(checkpoint, signed);
    assert!(plant.key().has_signed(&checkpoint));
    assert_eq!((&checkpoint.digest[..], checkpoint.position), (&digest[..], position));
}

#[tokio::test]
async fn a_part_of_the_log_verifies_from_the_digest_before_it() {
    let plant = LoggedPlant::start().await;
    let lines = lines(&plant, Range { from: 5, to: Some(9) }).await;
    assert_eq!(lines.len(), 7);
    let (_, position) = follow(&lines);
    assert_eq!(position, 9);
    assert_eq!(lines.last().map(String::as_str), Some("{\"checkpoint\":null}"));
}
