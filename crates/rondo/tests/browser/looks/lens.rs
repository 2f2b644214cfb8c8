//! Looks at one page after another as different people see them, and keeps what is wrong.

use std::fmt;
use std::path::{Path, PathBuf};

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use crate::page::Browser;

/// How a page is looked at. What does not depend on the look is checked at the first.
const LOOKS: [(&str, u32); 6] = [
    ("light", 1280),
    ("dark", 1280),
    ("light", 360),
    ("dark", 360),
    ("light", 2560),
    ("dark", 2560),
];
/// The rules of axe for A and AA of WCAG 2.2.
const LEVELS: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/// Those of them that depend on colours, or on where things are.
const OF_LOOKS: [&str; 4] =
    ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"];

const RUN: &str = "const [by, values, done] = arguments;\
    axe.run(document, {runOnly: {type: by, values}, resultTypes: ['violations']})\
       .then((found) => done(found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html \
           + ' (' + node.any.map((check) => check.message).join('; ') + ')').slice(0, 3).join(' | '))),\
           (error) => done([String(error)]));";
const UNFOLD: &str =
    "for (const one of document.querySelectorAll('main details')) one.open = true;";
const TOO_WIDE: &str = "const wide = innerWidth + 1;\
    if (document.documentElement.scrollWidth <= wide) return [];\
    return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > wide)\
        .slice(0, 3).map((one) => 'too wide: ' + one.outerHTML.slice(0, 120));";
const FROM_ELSEWHERE: &str = "return performance.getEntriesByType('resource').map((one) => one.name)\
    .filter((name) => !name.startsWith(location.origin + '/') && !name.startsWith('data:'))\
    .map((name) => 'loaded from elsewhere: ' + name);";
const LINKS: &str = "return [...document.querySelectorAll('main a[href], nav a[href], header a[href]')]\
    .filter((a) => !a.hasAttribute('download')).map((a) => new URL(a.href))\
    .filter((a) => a.origin === location.origin).map((a) => a.pathname);";

/// A browser, and what is wrong with what it showed.
pub(super) struct Lens<'b> {
    browser: &'b Browser,
    found: Vec<String>,
}

impl<'b> Lens<'b> {
    pub(super) async fn over(browser: &'b Browser) -> Self {
        // The page's own policy lets no script in; this one comes before it.
        tells(browser, "Page.addScriptToEvaluateOnNewDocument", json!({"source": axe()})).await;
        Self { browser, found: Vec::new() }
    }

    pub(super) async fn looks_at(&mut self, path: &str) {
        self.browser.opens(path).await;
        self.looks(path).await;
    }

    /// Looks at what is shown.
    pub(super) async fn looks(&mut self, name: &str) {
        self.browser.sees("main h1").await;
        self.browser.runs(UNFOLD, &[]).await;
        for (index, (scheme, width)) in LOOKS.into_iter().enumerate() {
            self.sets(scheme, width).await;
            let (by, values) = match index {
                0 => ("tag", json!(LEVELS)),
                _ => ("rule", json!(OF_LOOKS)),
            };
            let arguments = vec![json!(by), values];
            let faults = self.browser.client.execute_async(RUN, arguments).await.unwrap();
            self.keeps(&format!("{name} {scheme} {width}"), faults);
            let faults = self.browser.runs(TOO_WIDE, &[]).await;
            self.keeps(&format!("{name} {width}"), faults);
        }
        let faults = self.browser.runs(FROM_ELSEWHERE, &[]).await;
        self.keeps(name, faults);
    }

    async fn sets(&self, scheme: &str, width: u32) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        tells(self.browser, "Emulation.setEmulatedMedia", json!({"features": [feature]})).await;
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        tells(self.browser, "Emulation.setDeviceMetricsOverride", size).await;
    }

    fn keeps(&mut self, place: &str, faults: Value) {
        let faults: Vec<String> = serde_json::from_value(faults).unwrap();
        self.found.extend(faults.into_iter().map(|fault| format!("{place}: {fault}")));
    }

    /// Looks at these and at every page that links lead to, so many of each kind, and gives their paths.
    pub(super) async fn walks(&mut self, from: &[&str], of_a_kind: usize) -> Vec<String> {
        let mut paths: Vec<String> = from.iter().map(|path| (*path).to_owned()).collect();
        let mut at = 0;
        while let Some(path) = paths.get(at).cloned() {
            at += 1;
            self.looks_at(&path).await;
            let links: Vec<String> =
                serde_json::from_value(self.browser.runs(LINKS, &[]).await).unwrap();
            for link in links.into_iter().filter(|link| is_page(link)) {
                let like_it = paths.iter().filter(|known| kind(known) == kind(&link)).count();
                if like_it < of_a_kind && !paths.contains(&link) {
                    paths.push(link);
                }
            }
        }
        paths
    }

    pub(super) fn finds_nothing(self) {
        assert!(self.found.is_empty(), "{}", self.found.join("\n"));
    }
}

/// Files are no pages, and the document of the API is another's page.
fn is_page(path: &str) -> bool {
    !path.ends_with(".csv") && !path.ends_with("/raw") && !path.starts_with("/docs")
}

/// A path without what it names.
fn kind(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.contains('_') { "…" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn axe() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
    let path: PathBuf = root.join("target/axe/axe.min.js");
    let hint =
        "axe is there; `crates/rondo/tests/browser/axe.sh` brings it, and `./test` runs that";
    std::fs::read_to_string(path).expect(hint)
}

/// A command of Chromium's own, for what WebDriver has none.
struct OfChromium(Value);

impl fmt::Debug for OfChromium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0["cmd"])
    }
}

impl WebDriverCompatibleCommand for OfChromium {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.0.to_string()))
    }
}

async fn tells(browser: &Browser, command: &str, params: Value) {
    let command = OfChromium(json!({"cmd": command, "params": params}));
    browser.client.issue_cmd(command).await.unwrap();
}
