//! Who talks to a province's server, over plain sockets so that the load costs little.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// What an officer's requests carry.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

/// Knows where the server is.
#[derive(Clone)]
pub(crate) struct Client {
    address: String,
}

/// One connection, kept open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

/// What was answered.
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl HttpAnswer {
    /// A header, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A request's bytes, head and body.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

impl Client {
    pub(crate) fn at(address: String) -> Self {
        Self { address }
    }

    /// Address and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufReader::new(stream) })
    }
}

impl Connection {
    /// Sends a request and waits for its answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<HttpAnswer> {
        self.stream.get_mut().write_all(request)?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            ensure!(self.stream.read_line(&mut head)? > 0, "hung up");
        }
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let mut answer = HttpAnswer { status, head, body: Vec::new() };
        answer.body.resize(answer.header("content-length").context("no length")?.parse()?, 0);
        self.stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }
}

/// Looks at the counts.
pub(crate) struct Officer {
    connection: Connection,
    look: Vec<u8>,
}

impl Officer {
    pub(crate) fn new(connection: Connection, look: Vec<u8>) -> Self {
        Self { connection, look }
    }

    /// Interviews signed off, as the page shows them.
    pub(crate) fn signed(&mut self) -> Result<u64> {
        let answer = self.connection.exchange(&self.look)?;
        let page: Value = serde_json::from_slice(&answer.body)?;
        page["totals"]["signed"].as_u64().context("no count")
    }
}
