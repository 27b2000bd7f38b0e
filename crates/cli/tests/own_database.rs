//! A PostgreSQL of the operator's own behind `database.url`: encrypted or not, suitable or not.
//!
//! The server is a private one that also listens on the loopback address; its certificates are made
//! by `openssl` and go with the test. What is refused must name the setting and say what to do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use mraos::postgres::{EmbeddedOptions, EmbeddedPostgres};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_postgres::NoTls;

const HOST: &str = "db.plant.example";
const PASSWORD: &str = "hunter2-of-the-plant";
const TOKEN: &str = "test-bootstrap-token";

#[tokio::test]
async fn every_session_with_a_server_that_encrypts_is_encrypted() {
    let server = Server::start("hostssl", true).await;
    let site = Site::new(&server.url(""), Some(&server.authority));
    let node = site.serve();
    node.allocate().await;

    let sessions = "SELECT application_name || CASE WHEN ssl THEN '' ELSE ' unencrypted' END FROM \
                    pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE datname = 'plant' \
                    AND client_addr IS NOT NULL";
    let sessions = server.query(sessions).await;
    for name in ["mraos", "mraos committer", "mraos tail"] {
        assert!(sessions.iter().any(|found| found == name), "{name} in {sessions:?}");
    }
    assert!(!sessions.iter().any(|found| found.ends_with("unencrypted")), "{sessions:?}");
    node.stop();

    let verified = site.run(&["log", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", text_of(&verified));
    let looked_at = site.run(&["doctor"]);
    assert_eq!(looked_at.status.code(), Some(0), "{}", text_of(&looked_at));
    assert!(text_of(&looked_at).contains("`database.url`, encrypted"), "{}", text_of(&looked_at));
}

#[tokio::test]
async fn a_server_whose_certificate_is_not_believed_is_refused_with_the_remedy() {
    let server = Server::start("hostssl", true).await;
    let elsewhere = Authority::new(server.directory.path(), "elsewhere");
    let key = server.directory.path().join("elsewhere.key");
    let missing = server.directory.path().join("nothing.pem");
    let other_name = server.url("").replace(HOST, "db.other.example");
    let cases: [(&str, String, Option<&Path>, &[&str]); 7] = [
        (
            "other authority",
            server.url(""),
            Some(&elsewhere.certificate),
            &[HOST, "no authority in `database.ca_file`"],
        ),
        (
            "system's authorities",
            server.url("&sslmode=require"),
            None,
            &["this machine trusts", "`database.ca_file`", "sslmode=disable"],
        ),
        ("unencrypted", server.url("&sslmode=disable"), None, &["sslmode=require", "pg_hba.conf"]),
        (
            "both",
            server.url("&sslmode=disable"),
            Some(&server.authority),
            &["`database.ca_file` is set", "sslmode=disable"],
        ),
        (
            "other name",
            other_name,
            Some(&server.authority),
            &["db.other.example", HOST, "`database.url`"],
        ),
        ("no certificate", server.url(""), Some(&key), &["`database.ca_file` has no certificate"]),
        ("no file", server.url(""), Some(&missing), &["nothing.pem", "`database.ca_file`"]),
    ];
    for (name, url, authority, expected) in cases {
        refuses(name, &Site::new(&url, authority), expected);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_refused_with_the_remedy() {
    let server = Server::start("host", false).await;
    for statement in [
        "CREATE ROLE guest LOGIN CREATEROLE PASSWORD 'hunter2-of-the-plant'",
        "CREATE ROLE clerk LOGIN PASSWORD 'hunter2-of-the-plant'",
        "CREATE DATABASE desk OWNER clerk",
        "REVOKE CONNECT ON DATABASE desk FROM PUBLIC",
    ] {
        server.query(statement).await;
    }
    let url = server.url("");
    let wrong_user = url.replace("plant:", "nobody:");
    let nowhere = format!("postgresql://plant:{PASSWORD}@127.0.0.1:1/plant");
    let cases: [(&str, String, &[&str]); 11] = [
        ("password", url.replace(PASSWORD, "hunter2"), &["\"plant\"", "`database.url`"]),
        ("no password", url.replace(&format!(":{PASSWORD}"), ""), &["asks for a password"]),
        ("user", wrong_user, &["\"nobody\"", "`database.url`", "pg_hba.conf"]),
        ("port", nowhere, &["127.0.0.1:1", "refused", "start it"]),
        ("host", url.replace("hostaddr=127.0.0.1", ""), &[HOST, "host and port"]),
        ("database", url.replace("/plant?", "/plan?"), &["\"plan\"", "CREATE DATABASE"]),
        ("no encryption there", server.url("&sslmode=require"), &["does not encrypt", "ssl = on"]),
        ("no such mode", server.url("&sslmode=verify-full"), &["require", "database.ca_file"]),
        (
            "no right to connect",
            url.replace("plant:", "guest:").replace("/plant?", "/desk?"),
            &["permission denied", "\"desk\"", "`database.url`"],
        ),
        (
            "no right to create",
            url.replace("plant:", "guest:"),
            &["ALTER DATABASE \"plant\" OWNER TO \"guest\""],
        ),
        (
            "no right to create roles",
            url.replace("plant:", "clerk:").replace("/plant?", "/desk?"),
            &["ALTER ROLE \"clerk\" CREATEROLE"],
        ),
    ];
    for (name, url, expected) in cases {
        refuses(name, &Site::new(&url, None), expected);
    }
    let site = Site::new(&url, None);
    assert_eq!(site.run(&["migrate"]).status.code(), Some(0), "unencrypted by default");
}

#[tokio::test]
async fn an_old_server_is_refused_and_one_that_forgets_is_told_of() {
    let server = Server::start("host", false).await;
    // What the server says about itself, as another would: its own word is found later.
    for (schema, setting, value) in
        [("old", "server_version_num", "140011"), ("lax", "fsync", "off")]
    {
        server.query_in("plant", &format!("CREATE SCHEMA {schema} AUTHORIZATION plant")).await;
        let lie = format!(
            "CREATE FUNCTION {schema}.current_setting(name text) RETURNS text LANGUAGE sql AS $$ \
             SELECT CASE name WHEN '{setting}' THEN '{value}' ELSE \
             pg_catalog.current_setting(name) END $$"
        );
        server.query_in("plant", &lie).await;
    }
    let path = |schema: &str| {
        server.url(&format!("&options=-c%20search_path%3D{schema}%2Cpg_catalog%2Cpublic"))
    };
    refuses("old", &Site::new(&path("old"), None), &["PostgreSQL 14", "15 or newer", "upgrade"]);
    let looked_at = Site::new(&path("lax"), None).run(&["doctor"]);
    assert_eq!(looked_at.status.code(), Some(1), "{}", text_of(&looked_at));
    assert!(text_of(&looked_at).contains("`fsync` is off"), "{}", text_of(&looked_at));
}

fn refuses(name: &str, site: &Site, expected: &[&str]) {
    for command in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let output = site.run(command);
        let text = text_of(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
        for part in expected {
            assert!(text.contains(part), "{name}: `{part}` is missing in: {text}");
        }
        assert!(!text.contains(PASSWORD), "{name}: {text}");
    }
}

/// A server with a database `plant` and its owner, listening on the loopback address.
struct Server {
    // Stopped before its directory goes.
    postgres: EmbeddedPostgres,
    directory: TempDir,
    authority: PathBuf,
    port: u16,
}

impl Server {
    /// `kind` is the first word of the line in `pg_hba.conf` that lets users in.
    async fn start(kind: &str, encrypts: bool) -> Self {
        let directory = open_directory();
        let data_dir = directory.path().join("server");
        let options = EmbeddedOptions { data_dir, ..EmbeddedOptions::default() };
        let started = options.clone();
        let place = tokio::task::spawn_blocking(move || {
            let first = EmbeddedPostgres::start(&started).unwrap();
            let place = first.log_file().parent().unwrap().to_owned();
            first.stop().unwrap();
            place
        });
        let place = place.await.unwrap();
        let authority = Authority::new(directory.path(), "authority");
        authority.certify(HOST, &place.join("data"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let ssl = if encrypts { "on" } else { "off" };
        let settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\nssl = {ssl}\n");
        fs::write(place.join("local.conf"), settings).unwrap();
        let users = format!("local all all trust\n{kind} all all 127.0.0.1/32 scram-sha-256\n");
        fs::write(place.join("data/pg_hba.conf"), users).unwrap();
        let started = tokio::task::spawn_blocking(move || EmbeddedPostgres::start(&options));
        let postgres = started.await.unwrap().unwrap();
        let server = Self { postgres, directory, authority: authority.certificate, port };
        let user = format!("CREATE ROLE plant LOGIN CREATEROLE PASSWORD '{PASSWORD}'");
        server.query(&user).await;
        server.query("CREATE DATABASE plant OWNER plant").await;
        server
    }

    /// The name is one that no name server knows: `hostaddr` says where it is.
    fn url(&self, more: &str) -> String {
        let port = self.port;
        format!("postgresql://plant:{PASSWORD}@{HOST}:{port}/plant?hostaddr=127.0.0.1{more}")
    }

    async fn query(&self, sql: &str) -> Vec<String> {
        self.query_in("mraos", sql).await
    }

    /// First column of what a statement of the superuser returns.
    async fn query_in(&self, database: &str, sql: &str) -> Vec<String> {
        let socket = self.postgres.socket_dir().display();
        let port = self.port;
        let url = format!("host='{socket}' port={port} user=mraos dbname={database}");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// One that signs certificates.
struct Authority {
    certificate: PathBuf,
    key: PathBuf,
}

impl Authority {
    fn new(directory: &Path, name: &str) -> Self {
        let key = directory.join(format!("{name}.key"));
        let certificate = directory.join(format!("{name}.pem"));
        let mut command = new_key("req", &key);
        command.args(["-x509", "-days", "2", "-subj", &format!("/CN={name}"), "-out"]);
        run(command.arg(&certificate));
        Self { certificate, key }
    }

    /// Gives the server in `data` a key and a certificate for `host`.
    fn certify(&self, host: &str, data: &Path) {
        let (key, request, names) =
            (data.join("server.key"), data.join("server.csr"), data.join("server.ext"));
        run(new_key("req", &key).args(["-subj", "/CN=database", "-out"]).arg(&request));
        fs::write(&names, format!("subjectAltName=DNS:{host}\n")).unwrap();
        let mut command = Command::new("openssl");
        command.args(["x509", "-req", "-days", "2", "-set_serial", "1", "-in"]).arg(&request);
        command.arg("-CA").arg(&self.certificate).arg("-CAkey").arg(&self.key);
        command.arg("-extfile").arg(&names).arg("-out").arg(data.join("server.crt"));
        run(&mut command);
        let owner = fs::metadata(data).unwrap();
        chown(&key, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
}

/// `openssl` with what makes it write a new key, readable by its owner alone.
fn new_key(what: &str, key: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.args([what, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    command.arg("-keyout").arg(key);
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("openssl is missing; `make setup` installs it");
    assert!(output.status.success(), "{command:?}: {}", text_of(&output));
}

/// A data directory of its own, on the database behind a URL.
struct Site {
    directory: TempDir,
    url: String,
    authority: Option<PathBuf>,
}

impl Site {
    fn new(url: &str, authority: Option<&Path>) -> Self {
        let authority = authority.map(Path::to_owned);
        Self { directory: open_directory(), url: url.to_owned(), authority }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("MRAOS_DATABASE__URL", &self.url).env("MRAOS_BOOTSTRAP_TOKEN", TOKEN);
        command.env("MRAOS_LOG", "warn");
        if let Some(authority) = &self.authority {
            command.env("MRAOS_DATABASE__CA_FILE", authority);
        }
        command.arg("--data-dir").arg(self.directory.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    fn serve(&self) -> Node {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("mraos listens on ").expect("an address").to_owned();
        Node { process, url }
    }
}

/// A serving process.
struct Node {
    process: Child,
    url: String,
}

impl Node {
    /// Puts a person on a machine for an order.
    async fn allocate(&self) {
        for (path, body) in [
            (
                "operators",
                json!({ "operator_id": "O-156", "employee_id": "EMP-156",
                "first_name": "Ada", "last_name": "Berg" }),
            ),
            (
                "machines",
                json!({ "machine_id": "M-203", "machine_name": "Press 3",
                "machine_type": "Press", "production_line": "Line-2" }),
            ),
            (
                "work-orders",
                json!({ "work_order_id": "WO-4600", "work_order_number": "4600",
                "product_id": "P-1", "product_name": "Door", "quantity_ordered": "200",
                "unit_of_measure": "EA", "due_date": "2030-01-31T14:00:00Z" }),
            ),
            (
                "allocations",
                json!({ "work_order_id": "WO-4600", "operator_id": "O-156",
                "machine_id": "M-203" }),
            ),
        ] {
            let request = reqwest::Client::new().post(format!("{}/api/v1/{path}", self.url));
            let answer = request.bearer_auth(TOKEN).json(&body).send().await.unwrap();
            let status = answer.status();
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(status, 201, "{path}: {answer}");
        }
    }

    fn stop(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Gone already unless the test has failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text_of(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// A temporary directory that the database's user may pass through.
fn open_directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}
