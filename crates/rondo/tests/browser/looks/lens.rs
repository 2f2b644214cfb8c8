//! Looks at one page after another as different people see them, and keeps what is wrong.

use std::fmt;
use std::path::{Path, PathBuf};

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use crate::page::Browser;

/// How a page is looked at, and what is checked then. No colour depends on the width, nor a width on the colours.
const LOOKS: [(&str, u32, Rules); 4] = [
    ("light", 1280, Rules::All),
    ("dark", 1280, Rules::Colours),
    ("light", 360, Rules::Places),
    ("dark", 2560, Rules::Places),
];

/// Rules of axe.
#[derive(Clone, Copy)]
enum Rules {
    /// The levels A and AA of WCAG 2.2.
    All,
    /// Those of them that depend on colours.
    Colours,
    /// Those of them that depend on where things are.
    Places,
}

impl Rules {
    fn arguments(self) -> Vec<Value> {
        let (by, values) = match self {
            Self::All => ("tag", json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])),
            Self::Colours => ("rule", json!(["color-contrast", "link-in-text-block"])),
            Self::Places => ("rule", json!(["scrollable-region-focusable", "target-size"])),
        };
        vec![json!(by), values]
    }
}

const RUN: &str = "const [by, values, done] = arguments;\
    axe.run(document, {runOnly: {type: by, values}, resultTypes: ['violations']})\
       .then((found) => done(found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html \
           + ' (' + node.any.map((check) => check.message).join('; ') + ')').slice(0, 3).join(' | '))),\
           (error) => done([String(error)]));";
const UNFOLD: &str =
    "for (const one of document.querySelectorAll('main details')) one.open = true;";
const TOO_WIDE: &str = "const wide = innerWidth + 1;\
    if (document.documentElement.scrollWidth <= wide) return [];\
    return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > wide && !one.closest('.scroll, .pan, nav'))\
        .slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).concat('too wide');";
const FROM_ELSEWHERE: &str = "return performance.getEntriesByType('resource').map((one) => one.name)\
    .filter((name) => !name.startsWith(location.origin + '/') && !name.startsWith('data:'))\
    .map((name) => 'loaded from elsewhere: ' + name);";
const LINKS: &str = "return [...document.querySelectorAll('main a[href], nav a[href], header a[href]')]\
    .filter((a) => !a.hasAttribute('download')).map((a) => new URL(a.href))\
    .filter((a) => a.origin === location.origin).map((a) => a.pathname);";

/// A browser, and what is wrong with what it showed.
pub(crate) struct Lens<'b> {
    browser: &'b Browser,
    found: Vec<String>,
}

impl<'b> Lens<'b> {
    pub(crate) async fn over(browser: &'b Browser) -> Self {
        // The page's own policy lets no script in; this one comes before it.
        tells(browser, "Page.addScriptToEvaluateOnNewDocument", json!({"source": axe()})).await;
        Self { browser, found: Vec::new() }
    }

    pub(crate) async fn looks_at(&mut self, path: &str) {
        self.browser.opens(path).await;
        self.looks(path).await;
    }

    /// Looks at what is shown.
    pub(crate) async fn looks(&mut self, name: &str) {
        self.browser.sees("main h1").await;
        self.browser.runs(UNFOLD, &[]).await;
        for (scheme, width, rules) in LOOKS {
            self.sets(scheme, width).await;
            let arguments = rules.arguments();
            let faults = self.browser.client.execute_async(RUN, arguments).await.unwrap();
            self.keeps(&format!("{name} {scheme} {width}"), faults);
            let faults = self.browser.runs(TOO_WIDE, &[]).await;
            self.keeps(&format!("{name} {width}"), faults);
        }
        let faults = self.browser.runs(FROM_ELSEWHERE, &[]).await;
        self.keeps(name, faults);
    }

    async fn sets(&self, scheme: &str, width: u32) {
        // Colours on their way to others are nobody's.
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        tells(self.browser, "Emulation.setEmulatedMedia", json!({"features": features})).await;
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        tells(self.browser, "Emulation.setDeviceMetricsOverride", size).await;
    }

    fn keeps(&mut self, place: &str, faults: Value) {
        let faults: Vec<String> = serde_json::from_value(faults).unwrap();
        self.found.extend(faults.into_iter().map(|fault| format!("{place}: {fault}")));
    }

    /// Looks at these and at every page that links lead to, so many of each kind, and gives their paths.
    pub(crate) async fn walks(&mut self, from: &[&str], of_a_kind: usize) -> Vec<String> {
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

    pub(crate) fn finds_nothing(self) {
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
