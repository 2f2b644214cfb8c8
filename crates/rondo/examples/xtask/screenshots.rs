//! Pictures of the console for the documentation: `rondo demo` in a folder that is thrown away, looked at by Debian's
//! Chromium without a window.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";
const WIDTH: u32 = 1280;
/// The height of the browser's window; what it has around a page is part of it.
const HEIGHT: u32 = 1060;
/// As high as a sales group's circle and weeks are.
const HEIGHT_OF_GROUP: u32 = 1150;
/// What the page of a picture is found by, where it is not a path: the first link on a page, of which this is the XPath.
const PICTURES: [Picture; 6] = [
    Picture { name: "home", page: "/", link: None, is_dark_too: true },
    Picture {
        name: "group",
        page: "/groups",
        link: Some("//main//td/a[.='DACH']"),
        is_dark_too: true,
    },
    Picture {
        name: "assignment",
        page: "/assignments",
        link: Some("//main//tr[contains(., 'passed over')]//a"),
        is_dark_too: false,
    },
    Picture {
        name: "conversation",
        page: "/reviews",
        link: Some("//main//a[@data-item]"),
        is_dark_too: false,
    },
    Picture {
        name: "launch",
        page: "/campaigns",
        link: Some("//main//tr[contains(., 'Draft')]//a"),
        is_dark_too: false,
    },
    Picture { name: "reports", page: "/reports", link: None, is_dark_too: false },
];
/// What a picture may weigh: all of them are fetched with the repository.
const BYTES_MAX: usize = 150_000;

/// A screen that is shown in the documentation.
struct Picture {
    name: &'static str,
    page: &'static str,
    link: Option<&'static str>,
    is_dark_too: bool,
}

/// A program that ends with the task.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes all pictures into `docs/images` below this folder.
pub fn take(root: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let program = program(root);
        let link = said(rondo(&program, folder.path()).arg("demo"));
        let (_server, base) = started(
            rondo(&program, folder.path()).args(["serve", "--listen", "127.0.0.1:0"]),
            |line| line.split_whitespace().find(|word| word.starts_with("http://")),
        );
        let (_driver, port) = started(Command::new("chromedriver").arg("--port=0"), |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.'))
        });
        let browser = browser(&format!("http://127.0.0.1:{port}"), folder.path()).await;
        let path = &link[link.find("/sign-in/").expect("the example gives a link")..];
        sign_in(&browser, &format!("{base}{path}")).await;
        for picture in &PICTURES {
            picture.take(&browser, &base, &root.join("docs/images")).await;
        }
        browser.close().await.expect("the browser ends");
    });
}

impl Picture {
    async fn take(&self, browser: &Client, base: &str, folder: &Path) {
        browser.goto(&format!("{base}{}", self.page)).await.expect("the page opens");
        if let Some(link) = self.link {
            press(browser, Locator::XPath(link)).await;
        }
        if self.name == "launch" {
            press(browser, Locator::XPath("//main//nav//li[last()]/a")).await;
        }
        let ready = Locator::Css("body:not(:has([data-again])) main h1");
        browser
            .wait()
            .for_element(ready)
            .await
            .expect("the page is shown, with nothing still being made");
        let height = if self.name == "group" { HEIGHT_OF_GROUP } else { HEIGHT };
        browser.set_window_size(WIDTH, height).await.expect("the window has a size");
        self.write(browser, "light", folder).await;
        if self.is_dark_too {
            self.write(browser, "dark", folder).await;
        }
    }

    async fn write(&self, browser: &Client, scheme: &str, folder: &Path) {
        let script = "document.documentElement.style.colorScheme = arguments[0]; scrollTo(0, 0);\
            document.activeElement.blur();";
        browser.execute(script, vec![json!(scheme)]).await.expect("the page runs a script");
        let bytes = browser.screenshot().await.expect("a picture is taken");
        let path = folder.join(format!("{}-{scheme}.png", self.name));
        println!("{} ({} KB)", path.display(), bytes.len() / 1000);
        assert!(bytes.len() <= BYTES_MAX, "a picture weighs {BYTES_MAX} bytes at most");
        std::fs::write(path, bytes).expect("the picture can be written");
    }
}

/// The program, built as this task was.
fn program(root: &Path) -> PathBuf {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "rondo", "--bin", "rondo", "--profile", profile])
        .current_dir(root)
        .status();
    assert!(build.expect("cargo runs").success(), "the program builds");
    let own = std::env::current_exe().expect("this program has a path");
    own.ancestors().nth(2).expect("examples have a folder of their own").join("rondo")
}

fn rondo(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RONDO_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command
}

fn said(command: &mut Command) -> String {
    let output = command.stderr(Stdio::inherit()).output().expect("the program runs");
    assert!(output.status.success(), "the program succeeds");
    String::from_utf8(output.stdout).expect("the program writes text").trim().to_owned()
}

/// Starts a program, and waits for the line in which it says where it listens.
fn started(command: &mut Command, found: impl Fn(&str) -> Option<&str>) -> (Running, String) {
    let (reader, writer) = std::io::pipe().expect("a pipe can be made");
    command.stdout(writer.try_clone().expect("a pipe has two ends")).stderr(writer);
    let process = Running(command.spawn().expect("`chromium-driver` of Debian is installed"));
    // The command holds the writing end; without it the lines end where the program does.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut lines = BufReader::new(reader).lines().map_while(Result::ok);
    let place = lines.by_ref().find_map(|line| found(&line).map(str::to_owned));
    // The program would stop at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (process, place.expect("the program says where it listens"))
}

async fn browser(driver: &str, folder: &Path) -> Client {
    let arguments = [
        "--headless=new".to_owned(),
        // As root, Chromium has no sandbox; it sees our own pages alone.
        "--no-sandbox".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-gpu".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--force-prefers-reduced-motion".to_owned(),
        format!("--user-data-dir={}", folder.join("browser").display()),
    ];
    let mut capabilities = serde_json::Map::<String, Value>::new();
    capabilities.insert("goog:chromeOptions".to_owned(), json!({"args": arguments}));
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let client = builder.capabilities(capabilities).connect(driver).await;
    client.expect("`chromium` of Debian is installed")
}

async fn sign_in(browser: &Client, link: &str) {
    browser.goto(link).await.expect("the link opens");
    for field in ["password", "again"] {
        let field = browser.find(Locator::Id(field)).await.expect("the form has its fields");
        field.send_keys(PASSWORD).await.expect("a field takes text");
    }
    press(browser, Locator::Css("main button.first")).await;
    browser.wait().for_element(Locator::Css("nav.places")).await.expect("the console opens");
}

async fn press(browser: &Client, what: Locator<'_>) {
    let found = browser.wait().for_element(what).await.expect("what is to be pressed is there");
    found.click().await.expect("it can be pressed");
}
