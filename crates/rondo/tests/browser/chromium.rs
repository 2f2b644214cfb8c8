//! A browser to a test, and the server that it looks at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Server, rondo};

pub(crate) const PASSWORD: &str = "correct horse battery";
/// How long something may take to be seen: far more than it does, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(30);

/// Chromium's driver. It ends with the test, and its browsers with it.
pub(crate) struct Driver {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed; `./test` does that");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.map(Result::unwrap).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port = port.expect("the driver says where it listens");
        Self { process, port, folder: tempfile::tempdir().unwrap() }
    }

    /// A browser with cookies of its own.
    pub(crate) async fn browser(&self) -> Browser {
        self.browser_with(json!({})).await
    }

    /// A browser that runs no script.
    pub(crate) async fn browser_without_script(&self) -> Browser {
        self.browser_with(json!({"profile.managed_default_content_settings.javascript": 2})).await
    }

    async fn browser_with(&self, preferences: Value) -> Browser {
        let profile = tempfile::tempdir_in(self.folder.path()).unwrap().keep();
        let arguments = [
            "--headless=new".to_owned(),
            // As root, Chromium has no sandbox; it sees our own pages alone.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        let options = json!({"args": arguments, "prefs": preferences});
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let address = format!("http://127.0.0.1:{}", self.port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .expect("chromium is installed; `./test` does that");
        Browser { client, base: String::new() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to, the driver ends its browsers too; killed, it would leave them behind.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.write_all(b"GET /shutdown HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        } else {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// A browser, and the server that it looks at.
pub(crate) struct Browser {
    pub(crate) client: Client,
    base: String,
}

impl Browser {
    /// Looks at this server from now on.
    pub(crate) fn at(mut self, address: &str) -> Self {
        self.base = address.trim_end_matches('/').to_owned();
        self
    }

    /// Uses a link, and chooses a password.
    pub(crate) async fn accepts(&self, link: &str) {
        let path = &link[link.find("/sign-in/").unwrap()..];
        self.opens(path).await;
        self.types("password", PASSWORD).await;
        self.types("again", PASSWORD).await;
        self.presses("Sign in").await;
        self.sees("nav.places").await;
    }

    pub(crate) async fn opens(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Fills in the field with this label or id.
    pub(crate) async fn types(&self, field: &str, text: &str) {
        let element = self.field(field).await;
        element.clear().await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    async fn field(&self, field: &str) -> Element {
        let path =
            format!("//*[@id={0}] | //*[@id=//label[normalize-space()={0}]/@for]", quoted(field));
        self.finds(&path).await
    }

    /// Presses the button or link that says this.
    pub(crate) async fn presses(&self, words: &str) {
        let path = format!(
            "(//button[normalize-space()={0}] | //a[normalize-space()={0}])[1]",
            quoted(words)
        );
        self.finds(&path).await.click().await.unwrap();
    }

    /// Waits until something that this XPath finds is there.
    pub(crate) async fn finds(&self, path: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(error) => panic!("{path}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until something of this CSS selector is there.
    pub(crate) async fn sees(&self, selector: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("{selector}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the page says this.
    pub(crate) async fn reads(&self, words: &str) {
        self.finds(&format!("//body[contains(normalize-space(.), {})]", quoted(words))).await;
    }

    /// What the page says.
    pub(crate) async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// What axe finds against the levels A and AA of WCAG 2.2.
    pub(crate) async fn faults(&self) -> Vec<String> {
        self.client.execute(&axe(), Vec::new()).await.unwrap();
        let run = "const done = arguments[arguments.length - 1];\
            axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})\
               .then((found) => done(found.violations.map((one) => one.id + ': ' + one.nodes[0].html)));";
        let found = self.client.execute_async(run, Vec::new()).await.unwrap();
        serde_json::from_value(found).unwrap()
    }
}

/// An XPath literal; no text of a test has both kinds of quotation marks.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

fn axe() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
    let path: PathBuf = root.join("target/axe/axe.min.js");
    let hint =
        "axe is there; `crates/rondo/tests/browser/axe.sh` brings it, and `./test` runs that";
    std::fs::read_to_string(path).expect(hint)
}

/// A server with the example in it, and the link of its admin.
pub(crate) fn example() -> (Server, String) {
    let server = Server::start();
    let database = server.database();
    let demo = rondo().args(["demo", "--database", &database]).output().unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    (server, String::from_utf8(demo.stdout).unwrap().trim().to_owned())
}
