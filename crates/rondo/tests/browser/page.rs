//! A page as a person has it before them: what is seen, what is pressed, what is typed.

use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct horse battery";
/// How long something may take to be seen: far more than it does, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const PERIOD: Duration = Duration::from_millis(50);
/// How often something is pressed that a page exchanges meanwhile.
const ATTEMPTS: u32 = 20;
/// Presses of Tab until everything on a page was reached.
const TABS_MAX: u32 = 150;

/// A browser, and the server that it looks at.
pub(crate) struct Browser {
    pub(crate) client: Client,
    base: String,
}

impl Browser {
    pub(crate) fn new(client: Client, address: &str) -> Self {
        Self { client, base: address.trim_end_matches('/').to_owned() }
    }

    /// Uses a link, and chooses a password.
    pub(crate) async fn accepts(&self, link: &str) {
        self.opens(&link[link.find("/sign-in/").unwrap()..]).await;
        self.types("password", PASSWORD).await;
        self.types("again", PASSWORD).await;
        self.presses("Sign in").await;
        self.sees("nav.places").await;
    }

    /// Signs in by password.
    pub(crate) async fn signs_in(&self, email: &str) {
        self.opens("/sign-in").await;
        self.types("email", email).await;
        self.types("password", PASSWORD).await;
        self.presses("Sign in").await;
        self.sees("nav.places").await;
    }

    pub(crate) async fn opens(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// The path of the page.
    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Fills in the field with this label or id.
    pub(crate) async fn types(&self, field: &str, text: &str) {
        let element = self.field(field).await;
        element.clear().await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    /// What stands in the field with this label or id.
    pub(crate) async fn value(&self, field: &str) -> String {
        self.field(field).await.prop("value").await.unwrap().unwrap_or_default()
    }

    async fn field(&self, field: &str) -> Element {
        let path =
            format!("//*[@id={0}] | //*[@id=//label[normalize-space()={0}]/@for]", quoted(field));
        self.finds(&path).await
    }

    /// Chooses what a label with these words in it belongs to.
    pub(crate) async fn chooses(&self, words: &str) {
        let path = format!("//label[contains(normalize-space(), {})]//input", quoted(words));
        self.clicks(&path).await;
    }

    /// Presses the button, link or heading to unfold that says this.
    pub(crate) async fn presses(&self, words: &str) {
        let kinds = ["button", "a", "summary"];
        let paths = kinds.map(|kind| format!("//{kind}[normalize-space()={}]", quoted(words)));
        self.clicks(&format!("({})[1]", paths.join(" | "))).await;
    }

    /// Presses what this XPath finds, as often as the page exchanges it meanwhile.
    pub(crate) async fn clicks(&self, path: &str) {
        for _ in 0..ATTEMPTS {
            match self.finds(path).await.click().await {
                Ok(()) => return,
                Err(error) if is(&error, &ErrorStatus::StaleElementReference) => {}
                Err(error) => panic!("{path}: {error}\n{}", self.text().await),
            }
        }
        panic!("{path} does not stay");
    }

    /// Says yes to what the page asks.
    pub(crate) async fn says_yes(&self) {
        let mut error = self.client.accept_alert().await.err();
        for _ in 0..ATTEMPTS {
            match error {
                None => return,
                Some(_) => error = self.client.accept_alert().await.err(),
            }
        }
        panic!("nothing is asked: {error:?}");
    }

    /// Waits until something that this XPath finds is there.
    pub(crate) async fn finds(&self, path: &str) -> Element {
        self.waits(Locator::XPath(path), path).await
    }

    /// Waits until something of this CSS selector is there.
    pub(crate) async fn sees(&self, selector: &str) -> Element {
        self.waits(Locator::Css(selector), selector).await
    }

    async fn waits(&self, locator: Locator<'_>, what: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).every(PERIOD).for_element(locator).await {
            Ok(element) => element,
            Err(error) => panic!("{what}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the page says this.
    pub(crate) async fn reads(&self, words: &str) {
        self.finds(&format!("//body[contains(normalize-space(.), {})]", quoted(words))).await;
    }

    /// Waits for a page with this heading, whole and with its script.
    pub(crate) async fn arrives(&self, heading: &str) {
        self.finds(&format!("//h1[normalize-space()={}]", quoted(heading))).await;
        while self.runs("return document.readyState;", &[]).await != json!("complete") {}
    }

    /// What the page says.
    pub(crate) async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// Runs a script of the test in the page.
    pub(crate) async fn runs(&self, script: &str, arguments: &[Value]) -> Value {
        self.client.execute(script, arguments.to_vec()).await.unwrap()
    }

    /// Presses keys, one after the other, wherever the page has its focus.
    pub(crate) async fn keys(&self, keys: impl AsRef<str>) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.as_ref().chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    pub(crate) async fn enter(&self) {
        self.key(Key::Enter).await;
    }

    pub(crate) async fn key(&self, key: Key) {
        self.keys(char::from(key).to_string()).await;
    }

    /// Goes on by Tab to what says this, or is called so.
    pub(crate) async fn tabs_to(&self, words: &str) {
        let is_there = "const here = document.activeElement;\
            const said = here.labels?.[0]?.textContent ?? here.ariaLabel ?? here.textContent;\
            return here !== document.body && said.replace(/\\s+/g, ' ').trim().startsWith(arguments[0]);";
        for _ in 0..TABS_MAX {
            self.key(Key::Tab).await;
            if self.runs(is_there, &[json!(words)]).await == json!(true) {
                return;
            }
        }
        panic!("no Tab leads to `{words}`\n{}", self.text().await);
    }
}

fn is(error: &CmdError, status: &ErrorStatus) -> bool {
    matches!(error, CmdError::Standard(error) if error.error == *status)
}

/// An XPath literal; no text of a test has both kinds of quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
