//! Real addresses for every page of the console, in a team that is there: the largest group, the largest campaign.

use rondo::app::assignments::AssignmentsWanted;
use rondo::app::campaigns::figures;
use rondo::app::conversations::{self, ConversationsWanted};
use rondo::app::page::Page;
use rondo::app::people::{self, NewUser};
use rondo::app::{App, Caller, campaigns, groups, history, reps};
use rondo::console::{Method, routes};
use rondo_core::event::Role;
use rondo_core::team::Status;

use super::browser::{Browser, Reads};

/// What stands for each name in a path.
pub(super) struct Places {
    names: Vec<(&'static str, String)>,
    assets: String,
}

/// Pages with words that narrow or widen them, beside those of the table.
const NARROWED: [&str; 23] = [
    "/assignments?campaign={campaign}",
    "/assignments?campaign={campaign}&rep={rep}",
    "/assignments?rep={rep}",
    "/assignments?since=2026-01-01",
    "/campaigns/{draft}/launch",
    "/campaigns/{draft}/leads",
    "/campaigns/{draft}/routing",
    "/campaigns?status=running",
    "/conversations?campaign={campaign}",
    "/conversations?rep={rep}",
    "/conversations?campaign={campaign}&find=nobody-fits",
    "/conversations?campaign={campaign}&status=bounced",
    "/conversations?find=nobody-fits",
    "/conversations?status=cancelled",
    "/conversations?status=in_review",
    "/conversations?status=qualified",
    "/groups/{default}",
    "/groups?page=20",
    "/leads?find=nobody-fits",
    "/leads?owner={rep}",
    "/reports?days=366",
    "/reports?days=7",
    "/reps?q=99",
];

impl Places {
    pub(super) async fn of(app: &App, caller: &Caller, browser: &Browser) -> Self {
        let some = |limit| Page { limit, cursor: None };
        let groups = groups::list(app, caller, &some(2)).await.expect("groups").items;
        let campaign = campaigns::list(app, caller, &some(1)).await.expect("campaigns").items;
        let campaign = campaign[0].id.to_string();
        let draft = figures::newest(app, caller, Some(Status::Draft), &some(1)).await;
        let draft = draft.expect("campaigns").items[0].id;
        let rep = reps::list(app, caller, &some(1)).await.expect("reps").items[0].id;
        let wanted = AssignmentsWanted { rep: Some(rep), ..AssignmentsWanted::default() };
        let last = history::assignments(app, caller, &wanted, &some(1)).await.expect("assignments");
        let last = &last.items[0].item;
        let invited = NewUser { email: super::somebody(), role: Role::Viewer, rep: None };
        let invited = people::invite(app, caller, invited).await.expect("they are invited");
        let token = invited.link.path().rsplit('/').next().unwrap_or_default().to_owned();
        let home = browser.get("/", Reads::Plain).await.text();
        let style = home.split('"').find(|text| text.starts_with("/assets/console-"));
        let (message, mailbox) = received(app, caller).await;
        let names = vec![
            ("{rep}", rep.to_string()),
            ("{default}", groups[0].id.to_string()),
            ("{group}", groups[1].id.to_string()),
            ("{file}", uploaded(browser, &campaign).await),
            ("{campaign}", campaign),
            ("{action}", "cancel".to_owned()),
            ("{draft}", draft.to_string()),
            ("{assignment}", last.id.to_string()),
            ("{conversation}", last.conversation.to_string()),
            ("{lead}", last.lead.to_string()),
            ("{token}", token),
            ("{message}", message),
            ("{mailbox}", mailbox),
            ("{webhook}", super::fill::WEBHOOK.to_string()),
        ];
        Self { names, assets: style.expect("home has a style sheet").to_owned() }
    }

    /// Each page with its address. A page of the table that nobody gave an address ends the benchmark.
    pub(super) fn all(&self, start: &str) -> Vec<(&'static str, String)> {
        let table = routes().into_iter().filter(|route| route.method == Method::Get);
        let mut all: Vec<_> = table
            .map(|route| route.path)
            .chain(NARROWED)
            .map(|path| (path, self.address(path, start)))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn address(&self, path: &'static str, start: &str) -> String {
        if path == "/start/{token}" {
            return start.to_owned();
        }
        if path == "/assets/{file}" {
            return self.assets.clone();
        }
        let filled = |path: String, (name, id): &(&str, String)| path.replace(name, id);
        // The file of a rep: that of a team is as long as its history.
        let path = if path == "/assignments.csv" { "/assignments.csv?rep={rep}" } else { path };
        let address = self.names.iter().fold(path.to_owned(), filled);
        assert!(
            !address.contains('{'),
            "the page `{path}` is not measured: say in {} what stands for the names in it",
            file!()
        );
        address
    }
}

/// A message that a lead wrote, and the mailbox that it came to.
async fn received(app: &App, caller: &Caller) -> (String, String) {
    let one = Page { limit: 1, cursor: None };
    let newest = figures::newest(app, caller, None, &one).await.expect("campaigns");
    let wanted = ConversationsWanted { campaign: Some(newest.items[0].id), ..Default::default() };
    let first = conversations::list(app, caller, &wanted, &one).await.expect("conversations");
    let thread = app.store().latest_messages(caller.team, first.items[0].id, 10).await;
    let thread = thread.expect("the data can be read");
    let message = thread.iter().find(|row| row.kind == "received").expect("the lead wrote back");
    (message.id.to_string(), message.mailbox.to_string())
}

/// The id of a file of leads that was taken in.
async fn uploaded(browser: &Browser, campaign: &str) -> String {
    let path = format!("/campaigns/{campaign}/leads/file");
    let rows: String =
        (0..1_000).map(|row| format!("Uma {row},uma{row}@upload.example\n")).collect();
    let text = format!("Name,Email\nNobody,no address\n{rows}");
    let columns = browser.upload(&path, &text).await.leads_to();
    let report = browser.post(&columns, "column-0=name&column-1=email").await.leads_to();
    report.rsplit('/').next().unwrap_or_default().to_owned()
}
