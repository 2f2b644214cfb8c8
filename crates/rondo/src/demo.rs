//! A living example: a team with a month behind it, made by the same commands as a real one at the times at which they
//! would have been given. Nothing is sent anywhere: its domain reaches nobody.

use std::sync::Arc;
use std::time::Duration;

use rondo_core::command::{Answer, Command, LeadNews, OwnerRef, ReassignTo, Subject};
use rondo_core::detail::{Existing, LeadFields, RepDetails, StepText};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, GroupId, Id as _, MailboxId, RepId, TeamId};
use rondo_core::mail::MailPlan;
use rondo_core::text::{Email, Name};
use rondo_core::time::{Instant, Period};
use rondo_store::{MailOutcome, TriedMail};

use crate::app::mailboxes::{self, NewMailbox, Server};
use crate::app::sending::{self, Whose, Written, steps};
use crate::app::{App, AppError, replies};
use crate::clock::{Clock as _, ManualClock};
use crate::mail::servers::{Auth, Privacy, ServerSettings};

/// Days that lie behind the team.
pub const DAYS: u32 = 30;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Leads that the campaign writes to each working day.
const WRITTEN_TO_A_DAY: usize = 4;
/// Mails that are looked at in one go.
const MAILS_MAX: u32 = 50;

const REPS: [(&str, &str); 9] = [
    ("Ann Reyes", "Europe/Berlin"),
    ("Bo Lindqvist", "Europe/Stockholm"),
    ("Cy Okafor", "Europe/London"),
    ("Dana Whitfield", "America/New_York"),
    ("Eli Navarro", "America/Chicago"),
    ("Fay Castellano", "America/Los_Angeles"),
    ("Greta Vogel", "Europe/Berlin"),
    ("Hugo Meier", "Europe/Zurich"),
    ("Ines Duarte", "Europe/Lisbon"),
];
const FIRST_NAMES: [&str; 16] = [
    "Rosa", "Tom", "Lena", "Omar", "Priya", "Jonas", "Mira", "Felix", "Noor", "Paul", "Sofia",
    "Ivan", "Clara", "Ben", "Yuki", "Marta",
];
const LAST_NAMES: [&str; 13] = [
    "Vega", "Brandt", "Chen", "Okoye", "Larsen", "Moreau", "Silva", "Novak", "Patel", "Keller",
    "Rossi", "Haddad", "Dubois",
];
const COMPANIES: [&str; 11] = [
    "Northgate Foods",
    "Kiln & Co",
    "Bluewater Logistics",
    "Harbor Clinics",
    "Linden Schools",
    "Orchard Hotels",
    "Pine Street Bikes",
    "Quarry Works",
    "Riverside Labs",
    "Summit Travel",
    "Tandem Studios",
];
/// What leads write back, most of it wanting to talk.
const REPLIES: [&str; 12] = [
    "Yes, I am interested. Please call me tomorrow at 10 and send me a quote.",
    "That sounds great. Could we have a demo next week? Tuesday afternoon suits us.",
    "What would this cost for 40 people? Please send a quote, and let us talk on Thursday.",
    "Does it work together with the system that we have?",
    "No thanks, we are happy with what we use.",
    "Happy to talk. My number is +44 20 7946 0123, any time after lunch.",
    "We have no budget this year. Please write again in March.",
    "Please take me off your list.",
    "Let us set up a call. How about Friday morning?",
    "I am not the right person for this. Please ask Jane Roe, jane.roe@customer.example.",
    "Hm, maybe. Tell me more.",
    "We would like to start a trial as soon as possible. Who do I talk to?",
];

/// What is being made.
struct Example<'a> {
    app: &'a App,
    clock: &'a Arc<ManualClock>,
    team: TeamId,
    reps: Vec<RepId>,
    mailbox: MailboxId,
    /// The campaign that writes, and the one whose leads are reported.
    spring: CampaignId,
    webinar: CampaignId,
    /// Leads named so far.
    leads: usize,
    replies: usize,
}

/// Fills a team that has just begun, and tells how many days are done. The clock stands [`DAYS`] days back, and is at
/// the present at the end.
pub async fn fill(
    app: &App,
    clock: &Arc<ManualClock>,
    team: TeamId,
    mut done: impl FnMut(u32),
) -> Result<(), AppError> {
    let now = clock.now().plus_seconds(i64::from(DAYS) * 86_400);
    let mut example = Example::begin(app, clock, team, now).await?;
    for day in 0..DAYS {
        example.live(day).await?;
        done(day + 1);
    }
    clock.advance_to(now);
    app.engine().wake(team).await?;
    example.leave_for_today().await?;
    example.post().await?;
    example.deliver().await.map(drop)
}

impl<'a> Example<'a> {
    /// The team on its first day: reps, groups, two campaigns, and what is known of the weeks to come.
    async fn begin(
        app: &'a App,
        clock: &'a Arc<ManualClock>,
        team: TeamId,
        now: Instant,
    ) -> Result<Self, AppError> {
        let caller = sending::system(team);
        let mailbox = mailboxes::add(app, &caller, mailbox_of_example(), None).await?.id;
        let none = CampaignId::from_bytes([0; 16]);
        let (spring, webinar) = (none, none);
        let (reps, leads, replies) = (Vec::new(), 0, 0);
        let mut example = Self { app, clock, team, reps, mailbox, spring, webinar, leads, replies };
        for (name, zone) in REPS {
            example.add_rep(name, zone).await?;
        }
        let reps = example.reps.clone();
        let emea = example.add_group("EMEA", &reps[..3]).await?;
        let americas = example.add_group("Americas", &reps[3..6]).await?;
        let dach = example.add_group("DACH", &reps[6..8]).await?;
        // Both of a small group are away at the same time, which was entered before the campaign began: it is seen ahead.
        for (rep, from, days) in [(6, 16, 9), (7, 20, 8), (1, -12, 4), (4, -6, 3), (2, 9, 5)] {
            example.is_away(reps[rep], now.plus_seconds(from * 86_400), days).await?;
        }
        example.spring = example.add_campaign("Spring launch", emea, Rotation::Campaign).await?;
        example.webinar =
            example.add_campaign("Webinar follow-up", americas, Rotation::Group).await?;
        let alps = example.add_campaign("Alpine partners", dach, Rotation::Campaign).await?;
        example.set_messages().await?;
        for campaign in [example.spring, example.webinar, alps] {
            example.does(Command::LaunchCampaign { campaign, at: None }).await?;
        }
        for _ in 0..3 {
            example.is_qualified(alps).await?;
        }
        Ok(example)
    }

    async fn does(&self, command: Command) -> Result<Answer, AppError> {
        let caller = sending::system(self.team);
        self.app.answer(&caller, command).await
    }

    async fn add_rep(&mut self, name: &str, zone: &str) -> Result<(), AppError> {
        let local = name.to_lowercase().replace(' ', ".");
        let details = RepDetails {
            name: name_of(name),
            email: email_of(&format!("{local}@acme.invalid")),
            phone: Some(format!("+44 20 7946 01{:02}", self.reps.len() + 10)),
            time_zone: zone.to_owned(),
            calendar_link: None,
            salt: [self.reps.len() as u8; 16],
        };
        if let Answer::Rep(rep) = self.does(Command::AddRep { details }).await? {
            self.reps.push(rep);
        }
        Ok(())
    }

    async fn add_group(&self, name: &str, reps: &[RepId]) -> Result<GroupId, AppError> {
        let command = Command::AddGroup { name: name_of(name), reps: reps.to_vec() };
        match self.does(command).await? {
            Answer::Group(group) => Ok(group),
            _ => Err(AppError::not_found("group", name)),
        }
    }

    async fn add_campaign(
        &self,
        name: &str,
        group: GroupId,
        rotation: Rotation,
    ) -> Result<CampaignId, AppError> {
        let command = Command::AddCampaign {
            name: name_of(name),
            group: Some(group),
            rotation,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        match self.does(command).await? {
            Answer::Campaign(campaign) => Ok(campaign),
            _ => Err(AppError::not_found("campaign", name)),
        }
    }

    async fn is_away(&self, rep: RepId, from: Instant, days: i64) -> Result<(), AppError> {
        let period = Period { from, until: Some(from.plus_seconds(days * 86_400)) };
        let note = Some("Holidays".to_owned());
        self.does(Command::AddAbsence { rep, period, dates: None, note }).await.map(drop)
    }

    async fn set_messages(&self) -> Result<(), AppError> {
        let plan =
            MailPlan { mailbox: self.mailbox, wait_days: vec![0], window: None, daily_limit: None };
        let text = StepText {
            subject: Some("{{ lead.company }} and us".to_owned()),
            body: "Dear {{ lead.first_name }},\n\nwe help teams like yours at {{ lead.company }} to answer every \
                   customer on the same day. Shall I tell you more?"
                .to_owned(),
            body_html: None,
        };
        let command = Command::SetMessages { campaign: self.spring, plan, texts: vec![text] };
        self.does(command).await.map(drop)
    }

    /// One day: leads join and are written to, some write back, others are reported.
    async fn live(&mut self, day: u32) -> Result<(), AppError> {
        let begun = self.clock.now();
        // Five days out of seven.
        if day % 7 < 5 {
            self.clock.advance(8 * HOUR);
            let leads: Vec<_> = (0..WRITTEN_TO_A_DAY).map(|_| self.next_lead()).collect();
            let add =
                Command::AddLeads { campaign: Some(self.spring), leads, existing: Existing::Fill };
            self.does(add).await?;
            self.post().await?;
            self.clock.advance(2 * HOUR);
            for _ in 0..1 + day % 3 {
                self.is_qualified(self.webinar).await?;
                self.clock.advance(HOUR / 2);
            }
        }
        self.clock.advance_to(begun.plus_seconds(DAY.as_secs() as i64));
        self.app.engine().wake(self.team).await?;
        Ok(())
    }

    /// What is still open at the present.
    async fn leave_for_today(&mut self) -> Result<(), AppError> {
        self.is_qualified(self.webinar).await?;
        self.is_qualified(self.webinar).await?;
        let eli = self.reps[4];
        let until = Some(self.clock.now().plus_seconds(2 * 86_400));
        let note = Some("Trade fair".to_owned());
        self.does(Command::GoOutOfOffice { rep: eli, until, dates: None, note }).await?;
        let group = self.add_group("Trade fair team", &self.reps[4..5]).await;
        // Once round the circle: somebody is chosen because Eli is passed over.
        for _ in 0..3 {
            self.is_qualified(self.webinar).await?;
        }
        // Nobody of a group is there: its lead waits.
        if let Ok(group) = group {
            let fair = self.add_campaign("Trade fair", group, Rotation::Campaign).await?;
            let at = Some(self.clock.now().plus_seconds(3 * 86_400));
            self.does(Command::LaunchCampaign { campaign: fair, at }).await?;
        }
        self.does(Command::DuplicateCampaign { campaign: self.spring }).await?;
        Ok(())
    }

    fn next_lead(&mut self) -> LeadNews {
        let n = self.leads;
        self.leads += 1;
        let (first, last) =
            (FIRST_NAMES[n % FIRST_NAMES.len()], LAST_NAMES[n * 5 % LAST_NAMES.len()]);
        let company = COMPANIES[n * 3 % COMPANIES.len()];
        let address =
            format!("{}.{}{n}@customer.invalid", first.to_lowercase(), last.to_lowercase());
        LeadNews {
            email: email_of(&address),
            // Now and then a lead belongs to somebody already.
            owner: (n % 11 == 10).then(|| OwnerRef::Id(self.reps[n % 3])),
            fields: LeadFields {
                name: Some(format!("{first} {last}")),
                company: Some(company.to_owned()),
                ..LeadFields::default()
            },
        }
    }

    async fn is_qualified(&mut self, campaign: CampaignId) -> Result<(), AppError> {
        let subject = Subject::Lead(Box::new(self.next_lead()));
        let answer = self.does(Command::Qualify { campaign, subject, note: None }).await?;
        // One in a while is passed on.
        if let Answer::Assigned { assignment, .. } = answer
            && self.leads.is_multiple_of(17)
        {
            let note = Some("Asked for somebody who speaks Portuguese".to_owned());
            let to = ReassignTo::Rep(self.reps[8]);
            self.does(Command::Reassign { assignment, to, note }).await?;
        }
        Ok(())
    }

    /// The campaign writes, leads write back, and reps are put in Cc.
    async fn post(&mut self) -> Result<(), AppError> {
        let caller = sending::system(self.team);
        let row = self.app.store().mailbox(self.team, self.mailbox).await?;
        let row = row.ok_or_else(|| AppError::not_found("mailbox", self.mailbox))?;
        while steps::plan(self.app, &caller, &row).await?.done > 0 {
            for raw in self.deliver().await? {
                self.clock.advance(HOUR / 4);
                replies::receive(self.app, &caller, self.mailbox, raw, None).await?;
                self.deliver().await?;
            }
        }
        Ok(())
    }

    /// Everything that is queued arrives. What half of the leads write back to it.
    async fn deliver(&mut self) -> Result<Vec<Vec<u8>>, AppError> {
        let (team, store) = (self.team, self.app.store());
        let caller = sending::system(team);
        let row = store.mailbox(team, self.mailbox).await?;
        let row = row.ok_or_else(|| AppError::not_found("mailbox", self.mailbox))?;
        let mut answers = Vec::new();
        for due in store.mails_due(team, self.mailbox, self.clock.now(), MAILS_MAX).await? {
            let Some(message) = store.message(team, due.message).await? else { continue };
            let mut outcome = MailOutcome::Failed;
            if let Written::Letter(letter) =
                sending::write(self.app, &caller, &row, &message).await?
            {
                store.message_written(team, due.message, &letter.text).await?;
                outcome = MailOutcome::Sent(self.clock.now());
                let lead = letter.recipients.iter().find(|(whose, _)| *whose == Whose::Lead);
                if let Some((_, address)) = lead.filter(|_| message.kind == "step") {
                    answers.extend(self.answer(address, &letter.text));
                }
            }
            let tried = TriedMail { message: due.message, outcome, error: None };
            store.mails_tried(team, &[tried]).await?;
        }
        Ok(answers)
    }

    fn answer(&mut self, address: &str, text: &rondo_core::detail::MessageText) -> Option<Vec<u8>> {
        let n = self.replies;
        self.replies += 1;
        let id = text.message_id.as_deref().filter(|_| n.is_multiple_of(2))?;
        let body = REPLIES[n / 2 % REPLIES.len()];
        let raw = format!(
            "From: <{address}>\r\nTo: <{MAILBOX}>\r\nSubject: Re: {}\r\nMessage-ID: <demo-{n}@customer.invalid>\r\n\
             In-Reply-To: <{id}>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
            text.subject
        );
        Some(raw.into_bytes())
    }
}

const MAILBOX: &str = "kim@acme.invalid";

fn mailbox_of_example() -> NewMailbox {
    let settings = ServerSettings {
        host: "smtp.acme.invalid".to_owned(),
        port: 465,
        security: Privacy::Tls,
        username: None,
        auth: Auth::default(),
        folder: None,
    };
    NewMailbox {
        name: name_of("Kim from Acme"),
        address: email_of(MAILBOX),
        smtp: Server { settings, password: None },
        imap: None,
        plus_addresses: Some(true),
    }
}

fn name_of(text: &str) -> Name {
    Name::parse(text).expect("the example's names are well formed")
}

fn email_of(text: &str) -> Email {
    Email::parse(text).expect("the example's addresses are well formed")
}
