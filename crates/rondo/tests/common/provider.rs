//! A real provider of OpenID Connect for one test: npm's `oidc-provider` in Node.js, on a free port of this machine.
//!
//! Needs `target/oidc`: `crates/rondo/tests/oidc/install.sh` brings it, and `./test` runs that.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// How it knows the server under test.
pub const CLIENT: &str = "rondo";
/// By what the server proves that.
pub const SECRET: &str = "a secret of the two & nobody else";

/// As most providers are: the address beside the ID token, the secret in a header.
pub const USUAL: &str = r#"{"tokens":"bare","secretBy":"client_secret_basic","signedBy":"RS256"}"#;
/// As others are: the address in the ID token, the secret in the form, keys on an elliptic curve.
pub const OTHER: &str = r#"{"tokens":"full","secretBy":"client_secret_post","signedBy":"ES256"}"#;

/// As it is for browsers, to which names and addresses are never one site.
pub const ELSEWHERE: &str =
    r#"{"tokens":"bare","secretBy":"client_secret_basic","signedBy":"RS256","host":"localhost"}"#;

/// The provider, which ends with this value.
pub struct Provider {
    process: Child,
    output: BufReader<ChildStdout>,
    /// Where it is.
    pub issuer: String,
}

impl Provider {
    /// One that sends people back there.
    pub fn start(back: &str, options: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let folder: PathBuf = root.join("target/oidc");
        let mut process = Command::new(folder.join("node"))
            .arg(root.join("crates/rondo/tests/oidc/provider.mjs"))
            .args([folder.as_os_str(), back.as_ref(), options.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the provider is there; `crates/rondo/tests/oidc/install.sh` brings it");
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut provider = Self { process, output, issuer: String::new() };
        provider.issuer = provider.line();
        provider
    }

    /// It has other keys from now on.
    pub fn rotate(&mut self) {
        self.process.stdin.as_mut().unwrap().write_all(b"rotate\n").unwrap();
        assert_eq!(self.line(), "rotated");
    }

    /// What it says next, but for what it has to say about its settings.
    fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the provider has ended");
            if !line.starts_with("oidc-provider ") {
                return line.trim().to_owned();
            }
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
