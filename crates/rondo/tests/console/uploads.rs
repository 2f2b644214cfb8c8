//! Leads who come in a file or a list: what each column is taken for, what was not taken, and nothing twice.

use axum::http::StatusCode;

use crate::campaigns::draft;
use crate::world::World;

#[tokio::test]
async fn a_file_is_taken_once_its_columns_are_confirmed_and_what_is_wrong_can_be_mended() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    let file = "Who,Mail,Size\nAnn Lee,ann@x.example,9\nBo,no address,3\n";
    let page = ada.upload(&format!("{campaign}/leads/file"), "crm.csv", file).await;
    let columns = page.leads_to().to_owned();
    ada.get(&columns).await.says(&["crm.csv", "ann@x.example", "Nothing is kept yet"]);
    let page = ada.post(&columns, &[("column-0", "email"), ("column-1", "email")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("Two columns are said to be the same"));
    let right = [("column-0", "name"), ("column-1", "email"), ("column-2", "attribute")];
    let report = ada.post(&columns, &right).await.leads_to().to_owned();
    ada.get(&report)
        .await
        .says(&["“no address” is not an email address", "<div class=\"figure\">1</div>not taken"]);
    let rows = ada.get(&format!("{report}/not-taken.csv")).await;
    rows.says(&["Bo,no address,3,"]).lacks(&["ann@x.example"]);
    let leads = world.admin().get("/v1/leads?email=ann@x.example").await.is(200);
    assert_eq!(leads["items"][0]["attributes"]["Size"], "9");
    assert_eq!(leads["items"][0]["name"], "Ann Lee");
    ada.get(&format!("{campaign}/leads")).await.says(&["1 lead"]);
}

#[tokio::test]
async fn a_picture_is_no_list_of_leads() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    let picture = "PNG\r\n\u{1a}\n\0\0\0\rIHDR,\0\0";
    let page = ada.upload(&format!("{campaign}/leads/file"), "me.png", picture).await;
    page.refuses(StatusCode::BAD_REQUEST, &["The file is not text; expected CSV"]);
}

#[tokio::test]
async fn how_a_file_is_written_can_be_said() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    let file = "Who;Mail, work\nLee, Ann;ann@x.example\n";
    let page = ada.upload(&format!("{campaign}/leads/file"), "crm.csv", file).await;
    let columns = page.leads_to().to_owned();
    ada.get(&format!("{columns}?delimiter=comma")).await.says(&["Who;Mail"]);
    ada.get(&format!("{columns}?delimiter=semicolon")).await.says(&["Mail, work", "Lee, Ann"]);
    let form = [("delimiter", "semicolon"), ("column-0", "name"), ("column-1", "email")];
    let page = ada.post(&columns, &form).await;
    ada.get(page.leads_to()).await.says(&["<div class=\"figure\">1</div>in the campaign now"]);
}

#[tokio::test]
async fn an_upload_is_nobody_elses() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    let page = ada.upload(&format!("{campaign}/leads/file"), "a.csv", "ann@x.example\n").await;
    let other = world.other_admin_browser("eve@acme.example").await;
    assert_eq!(other.get(page.leads_to()).await.status, StatusCode::NOT_FOUND);
    let elsewhere = draft(&ada, "Autumn").await;
    let moved = page.leads_to().replace(&campaign, &elsewhere);
    assert_eq!(ada.get(&moved).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_list_that_is_pasted_says_what_was_taken() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    let list = [("list", "Ann Lee <ann@x.example>, bo@x.example\nnobody")];
    let page = ada.post(&format!("{campaign}/leads/list"), &list).await;
    ada.get(page.leads_to()).await.says(&["<div class=\"figure\">2</div>in the campaign now"]);
    let empty = ada.post(&format!("{campaign}/leads/list"), &[("list", " ")]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_file_of_leads_is_taken_once_however_often_its_forms_are_sent() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let leads = format!("{}/leads", draft(&ada, "Spring").await);
    let path = format!("{leads}/file");
    let page = ada.get(&leads).await;
    let ann = "Mail\nann@x.example\n";
    let upload = async |text| {
        let sent = ada.upload_form(&page, &path, "crm.csv", text).await;
        sent.leads_to().to_owned()
    };
    let columns = upload(ann).await;
    assert_eq!(upload(ann).await, columns);
    let form = [("column-0", "email")];
    let (first, second) = tokio::join!(ada.post(&columns, &form), ada.post(&columns, &form));
    let report = first.leads_to();
    assert_eq!(second.leads_to(), report);
    assert_eq!(ada.post(&columns, &form).await.leads_to(), report);
    assert_eq!(upload(ann).await, report);
    ada.get(report).await.says(&["<div class=\"figure\">1</div>new to your team"]);
    let other = upload("Mail\nbo@x.example\n").await;
    assert_ne!(other, report);
    ada.get(&other).await.says(&["bo@x.example", "Nothing is kept yet"]);
}

#[tokio::test]
async fn a_list_that_is_pasted_is_taken_once_however_often_it_is_sent() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let leads = format!("{}/leads", draft(&ada, "Spring").await);
    let path = format!("{leads}/list");
    let page = ada.get(&leads).await;
    let paste = async |list| {
        let sent = ada.send_form(&page, &path, &[("list", list)]).await;
        sent.leads_to().to_owned()
    };
    let (report, again) = tokio::join!(paste("ann@x.example"), paste("ann@x.example"));
    assert_eq!(again, report);
    assert_eq!(paste("ann@x.example").await, report);
    ada.get(&report).await.says(&["<div class=\"figure\">1</div>new to your team"]);
    let other = paste("ann@x.example, bo@x.example").await;
    ada.get(&other).await.says(&["<div class=\"figure\">1</div>new to your team"]);
}
