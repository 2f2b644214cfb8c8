//! What campaigns write, over HTTP: plans, templates, previews, and what leads lack.

use rondo_core::command::Command;
use rondo_core::detail::StepText;
use rondo_core::mail::MailPlan;
use serde_json::{Value, json};

use crate::thread::Thread;
use crate::world::{World, id};

async fn drafted() -> (World, String, String) {
    let world = World::new().await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let campaign = world.admin().post("/v1/campaigns", json!({"name": "Spring"})).await.is(201);
    assert_eq!(campaign["mailbox"], Value::Null);
    (world, mailbox, id(&campaign))
}

fn steps() -> Value {
    json!([
        {"subject": "{{ lead.company }} and us", "body": "Hello {{ lead.first_name | default(\"there\") }},\n{{ assistant.name }} of {{ campaign.name }}", "wait_days": 0},
        {"body": "Still there, {{ lead.name }}?", "body_html": "<p>Still there, {{ lead.name }}?</p>", "wait_days": 3},
    ])
}

#[tokio::test]
async fn a_campaign_says_what_it_writes() {
    let (world, mailbox, campaign) = drafted().await;
    let admin = world.admin();
    let path = format!("/v1/campaigns/{campaign}/messages");
    let none = json!({"mailbox": null, "steps": [], "window": null, "daily_limit": null});
    assert_eq!(admin.get(&path).await.is(200), none);
    let window = json!({"days": ["fri", "mon", "mon"], "from": "09:00", "until": "24:00"});
    let messages =
        json!({"mailbox": mailbox, "steps": steps(), "window": window, "daily_limit": 50});
    let set = admin.put(&path, messages).await.is(200);
    assert_eq!(set["mailbox"], json!(mailbox));
    assert_eq!(
        set["window"],
        json!({"days": ["mon", "fri"], "from": "09:00", "until": "24:00", "time_zone": null})
    );
    assert_eq!((&set["daily_limit"], &set["steps"][1]["wait_days"]), (&json!(50), &json!(3)));
    assert_eq!(
        (&set["steps"][0]["body_html"], &set["steps"][1]["subject"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(set["steps"][0]["body"], steps()[0]["body"]);
    assert_eq!(admin.get(&path).await.is(200), set);
    assert_eq!(
        admin.get(&format!("/v1/campaigns/{campaign}")).await.is(200)["mailbox"],
        json!(mailbox)
    );
    let ledger = admin.get("/v1/ledger?limit=500").await.is(200).to_string();
    assert!(ledger.contains("messages_set") && !ledger.contains("Still there"));
}

#[tokio::test]
async fn a_duplicate_writes_the_same() {
    // C6
    let (world, mailbox, campaign) = drafted().await;
    world.set_messages(&campaign, &mailbox, steps()).await.is(200);
    let path = format!("/v1/campaigns/{campaign}");
    let copy = world.admin().post(&format!("{path}/duplicate"), json!({})).await.is(201);
    assert_eq!(copy["mailbox"], json!(mailbox));
    let of_copy = world.admin().get(&format!("/v1/campaigns/{}/messages", id(&copy))).await.is(200);
    assert_eq!(of_copy, world.admin().get(&format!("{path}/messages")).await.is(200));
    assert_eq!(of_copy["steps"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_text_that_stands_is_not_looked_at_again() {
    let (world, mailbox, campaign) = drafted().await;
    let old = "{{ nope|d('x') }}{% if rep %}{{ rep.name }}{% endif %}";
    let plan = MailPlan {
        mailbox: mailbox.parse().unwrap(),
        wait_days: vec![0],
        window: None,
        daily_limit: None,
    };
    let body = old.to_owned();
    let texts = vec![StepText { subject: Some("Hi".to_owned()), body, body_html: None }];
    let campaign_id = campaign.parse().unwrap();
    world.does(Command::SetMessages { campaign: campaign_id, plan, texts }).await.unwrap();
    for (body, is_taken) in [
        (format!("{old}!"), false),
        (old.to_owned(), true),
        ("{% if rep %}a{% else %}{{ lead.city }}{% endif %}".to_owned(), true),
        ("{{ rep }}".to_owned(), false),
        (old.to_owned(), false),
    ] {
        let step = json!([{"subject": "For {{ lead.city }}", "body": body, "wait_days": 0}]);
        let reply = world.set_messages(&campaign, &mailbox, step).await;
        if is_taken {
            reply.is(200);
        } else {
            let problem = reply.is_problem("invalid-request");
            assert_eq!(problem["errors"][0]["pointer"], "/steps/0/body", "{body}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_plan_is_named_where_it_stands() {
    let (world, mailbox, campaign) = drafted().await;
    let first = json!({"subject": "Hi", "body": "Hello.", "wait_days": 0});
    let with = |step: Value| json!({"mailbox": mailbox, "steps": [first, step]});
    let eleven = vec![first.clone(); 12];
    for (messages, pointer, detail) in [
        (
            with(json!({"body": "a\n{{ lead.company | shout }}", "wait_days": 1})),
            "/steps/1/body",
            "line 2",
        ),
        (with(json!({"body": "{% if lead.company %}", "wait_days": 1})), "/steps/1/body", "line 1"),
        (
            with(json!({"body": "x", "body_html": "{{", "wait_days": 1})),
            "/steps/1/body_html",
            "write",
        ),
        (
            with(json!({"body": "x", "subject": "{{ lead.a | nope }}", "wait_days": 1})),
            "/steps/1/subject",
            "line 1",
        ),
        (with(json!({"body": "Ask {{ rep.name }}", "wait_days": 1})), "/steps/1/body", "rep.name"),
        (
            with(json!({"body": "Dear\n{{ lead.firstname }}", "wait_days": 1})),
            "/steps/1/body",
            "line 2: `lead.firstname` is not known; expected `lead.first_name`, or `lead.attributes.firstname`",
        ),
        (
            with(json!({"body": "{{ nope|d('x') }}", "wait_days": 1})),
            "/steps/1/body",
            "`lead.attributes.NAME`",
        ),
        (
            with(json!({"body": "Dear\n{{ lead }}", "wait_days": 1})),
            "/steps/1/body",
            "line 2: `lead` is printed as a whole; expected one of `lead.first_name`, `lead.name`",
        ),
        (with(json!({"body": " ", "wait_days": 1})), "/steps/1/body", "empty"),
        (with(json!({"body": "x", "wait_days": 366})), "/steps/1/wait_days", "365"),
        (json!({"mailbox": mailbox, "steps": []}), "/steps", "1 to 11"),
        (json!({"mailbox": mailbox, "steps": eleven}), "/steps", "1 to 11"),
        (
            json!({"mailbox": mailbox, "steps": [{"body": "x", "wait_days": 0}]}),
            "/steps/0/subject",
            "missing",
        ),
        (json!({"mailbox": mailbox, "steps": [first], "daily_limit": 0}), "/daily_limit", "1"),
        (
            json!({"mailbox": mailbox, "steps": [first], "window": {"days": [], "from": "09:00", "until": "17:00"}}),
            "/window/days",
            "1 to 7",
        ),
        (
            json!({"mailbox": mailbox, "steps": [first], "window": {"days": ["mon"], "from": "17:00", "until": "09:00"}}),
            "/window/until",
            "later",
        ),
        (
            json!({"mailbox": mailbox, "steps": [first], "window": {"days": ["mon"], "from": "9", "until": "17:00", "time_zone": "Mars"}}),
            "/window/from",
            "09:00",
        ),
    ] {
        let reply =
            world.admin().put(&format!("/v1/campaigns/{campaign}/messages"), messages).await;
        let problem = reply.is_problem("invalid-request");
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], pointer, "{problem}");
        assert!(error["detail"].as_str().unwrap().contains(detail), "{problem}");
    }
    let foreign = "mbx_01kazzzzzzzzzzzzzzzzzzzzzz";
    world.set_messages(&campaign, foreign, json!([first])).await.is_problem("not-found");
}

#[tokio::test]
async fn a_running_campaign_changes_its_words_and_keeps_its_mailbox() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let other = world.add_mailbox("bo@acme.example").await;
    let problem = world.set_messages(&thread.campaign, &other, steps()).await;
    assert!(problem.is_problem("campaign-started")["detail"].as_str().unwrap().contains("mailbox"));
    world.set_messages(&thread.campaign, &thread.mailbox, steps()).await.is(200);
    let path = format!("/v1/campaigns/{}/cancel", thread.campaign);
    world.admin().post(&path, json!({})).await.is(200);
    let reply = world.set_messages(&thread.campaign, &thread.mailbox, steps()).await;
    reply.is_problem("wrong-status");
}

#[tokio::test]
async fn a_preview_shows_the_messages_as_a_lead_would_get_them() {
    let (world, mailbox, campaign) = drafted().await;
    let admin = world.admin();
    let path = format!("/v1/campaigns/{campaign}/messages/preview");
    let nobody =
        admin.post(&path, json!({"lead": {"email": "lea@customer.example"}})).await.is(200);
    assert_eq!(nobody, json!({"messages": [], "missing": [], "suppressed": false}));
    world.set_messages(&campaign, &mailbox, steps()).await.is(200);
    let lea = json!({"email": "lea@customer.example", "name": "Lea & Lee", "company": "Lee Ltd"});
    let all = json!({
        "messages": [
            {"step": 0, "subject": "Lee Ltd and us", "body": "Hello Lea,\nKim of Spring", "body_html": null, "missing": [], "problem": null},
            {"step": 1, "subject": "Re: Lee Ltd and us", "body": "Still there, Lea & Lee?", "body_html": "<p>Still there, Lea &amp; Lee?</p>", "missing": [], "problem": null},
        ],
        "missing": [], "suppressed": false,
    });
    let shown = admin.post(&path, json!({"lead": lea})).await.is(200);
    assert_eq!(shown, all);

    admin.post(&format!("/v1/campaigns/{campaign}/leads"), lea).await.is(200);
    let lead = admin.get("/v1/leads").await.is(200)["items"][0]["id"].clone();
    assert_eq!(admin.post(&path, json!({"lead": lead})).await.is(200), shown);
    admin.post("/v1/suppressions", json!({"email": "LEA@customer.example"})).await.is(201);
    let viewer = world.holder_of("viewer").await;
    assert_eq!(viewer.post(&path, json!({"lead": lead})).await.is(200)["suppressed"], true);

    let unknown =
        admin.post(&path, json!({"lead": {"email": "max@customer.example"}})).await.is(200);
    assert_eq!(unknown["missing"], json!(["lead.company", "lead.name"]));
    assert_eq!(unknown["messages"][1]["missing"], json!(["lead.name"]));
    assert_eq!(unknown["messages"][0]["body"], "Hello there,\nKim of Spring");
    for (bad, code) in [
        (json!({"lead": "lead_01kazzzzzzzzzzzzzzzzzzzzzz"}), "not-found"),
        (json!({"lead": "lea"}), "not-found"),
        (json!({"lead": {"email": "lea"}}), "invalid-request"),
        (json!({}), "invalid-request"),
    ] {
        admin.post(&path, bad).await.is_problem(code);
    }
}

#[tokio::test]
async fn the_leads_whose_messages_lack_something_are_listed_before_anything_is_written() {
    let (world, mailbox, campaign) = drafted().await;
    let admin = world.admin();
    world.set_messages(&campaign, &mailbox, steps()).await.is(200);
    let leads: Vec<_> = (0..450)
        .map(|n| match n {
            7 | 300 | 449 => json!({"email": format!("lead{n}@customer.example"), "name": "Lea"}),
            _ => json!({"email": format!("lead{n}@customer.example"), "name": "Lea", "company": "Lee Ltd"}),
        })
        .collect();
    let taken = admin
        .post(&format!("/v1/campaigns/{campaign}/leads"), json!({"leads": leads}))
        .await
        .is(200);
    let lacking: Vec<_> = [7, 300, 449].map(|n: usize| taken["conversations"][n].clone()).into();
    for limit in ["", "limit=1"] {
        let (mut found, mut pages, mut cursor) = (Vec::new(), 0, String::new());
        loop {
            let path = format!("/v1/campaigns/{campaign}/messages/missing?{limit}&{cursor}");
            let path = path.replace("?&", "?").trim_end_matches(['&', '?']).to_owned();
            let page = admin.get(&path).await.is(200);
            for item in page["items"].as_array().unwrap() {
                assert_eq!(item["missing"], json!(["lead.company"]));
                found.push(item["conversation"].clone());
            }
            pages += 1;
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, lacking, "{limit}");
        assert!((3..=6).contains(&pages), "{pages}");
    }
    // Nothing is written to those who are suppressed, so they need nothing.
    admin.post("/v1/suppressions", json!({"email": "lead7@customer.example"})).await.is(201);
    let first = admin.get(&format!("/v1/campaigns/{campaign}/messages/missing")).await.is(200);
    assert_eq!(first["items"], json!([]));
    admin
        .get("/v1/campaigns/cmp_01kazzzzzzzzzzzzzzzzzzzzzz/messages/missing")
        .await
        .is_problem("not-found");
}

#[tokio::test]
async fn leads_whom_a_campaign_may_not_write_to_do_not_join_it() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let admin = world.admin();
    admin.post("/v1/suppressions", json!({"email": "max@customer.example"})).await.is(201);
    let autumn = id(&admin.post("/v1/campaigns", json!({"name": "Autumn"})).await.is(201));
    world.set_messages(&autumn, &thread.mailbox, steps()).await.is(200);
    let leads = json!({"leads": [
        {"email": "zoe@customer.example"}, {"email": "MAX@customer.example"}, {"email": thread.email},
    ]});
    let taken = admin.post(&format!("/v1/campaigns/{autumn}/leads"), leads.clone()).await.is(200);
    assert_eq!(taken["conversations"].as_array().unwrap().len(), 1);
    let told: Vec<_> = taken["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["code"], &one["row"]))
        .collect();
    assert_eq!(told, [(&json!("not-enrolled"), &json!(1)), (&json!("not-enrolled"), &json!(2))]);
    let detail = |row: usize| taken["warnings"][row]["detail"].as_str().unwrap();
    assert!(detail(0).contains("suppressed") && detail(1).contains("another campaign"), "{taken}");
    // A campaign that writes nothing takes them all.
    let plain = id(&admin.post("/v1/campaigns", json!({"name": "Plain"})).await.is(201));
    let taken = admin.post(&format!("/v1/campaigns/{plain}/leads"), leads).await.is(200);
    assert_eq!(
        (taken["conversations"].as_array().unwrap().len(), &taken["warnings"]),
        (3, &json!([]))
    );
}
