//! The policy on its own, and calls against a real listener on loopback.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::post;

use super::*;

use EgressPolicy::{PrivateToo, PublicOnly};

#[test]
fn a_public_url_passes() {
    for url in ["https://example.com/hooks?a=b", "http://example.com", "https://1.1.1.1:8443/x"] {
        assert!(PublicOnly.check_url(url).is_ok(), "{url}");
    }
}

#[test]
fn a_url_that_leads_to_this_network_is_refused_however_it_is_written() {
    for url in [
        "http://127.0.0.1:8080/",
        "http://127.1/",
        "http://0x7f.0.0.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::1]:8080/",
        "http://[::ffff:7f00:1]/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost:8443/",
        "http://①②⑦.⓪.⓪.①/",
    ] {
        assert_eq!(PublicOnly.check_url(url), Err(Refused::Address), "{url}");
    }
}

#[test]
fn what_is_no_web_address_is_refused_with_its_reason() {
    for (url, reason) in [
        ("", Refused::NotAUrl),
        ("example.com/hook", Refused::NotAUrl),
        ("https://", Refused::NotAUrl),
        ("file:///etc/passwd", Refused::Scheme("file".into())),
        ("gopher://example.com:70/", Refused::Scheme("gopher".into())),
        ("https://user@example.com/", Refused::Credentials),
        ("https://:secret@example.com/", Refused::Credentials),
        ("http://example.com:25/", Refused::Port(25)),
        ("http://example.com:0/", Refused::Port(0)),
    ] {
        assert_eq!(PublicOnly.check_url(url), Err(reason), "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(URL_BYTES_MAX));
    assert_eq!(PublicOnly.check_url(&long), Err(Refused::TooLong));
}

#[test]
fn a_url_that_is_taken_is_taken_again_as_it_was_written_down() {
    // Each of these letters takes two bytes, and six once it is escaped.
    let escaped = |letters: usize| format!("https://example.com/{}", "é".repeat(letters));
    assert_eq!(PublicOnly.check_url(&escaped(400)), Err(Refused::TooLong));
    let url = PublicOnly.check_url(&escaped(300)).unwrap();
    assert_eq!(PublicOnly.check_url(url.as_str()), Ok(url));
}

#[test]
fn private_addresses_pass_where_they_are_allowed_and_link_local_ones_never() {
    assert!(PrivateToo.check_url("http://127.0.0.1:8080/").is_ok());
    assert!(PrivateToo.check_url("http://localhost:8080/").is_ok());
    assert_eq!(PrivateToo.check_url("http://169.254.169.254/"), Err(Refused::Address));
    assert_eq!(PrivateToo.check_url("http://0.0.0.0:8080/"), Err(Refused::Address));
}

/// Names that a test made up; each answer is used once, the last one for ever.
#[derive(Default)]
struct MadeUpNames {
    answers: Mutex<HashMap<&'static str, Vec<Vec<IpAddr>>>>,
    asked: AtomicUsize,
}

impl MadeUpNames {
    fn new(host: &'static str, answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers
            .iter()
            .map(|addresses| addresses.iter().map(|address| address.parse().unwrap()).collect())
            .collect();
        Arc::new(Self { answers: Mutex::new([(host, answers)].into()), asked: AtomicUsize::new(0) })
    }
}

impl Names for MadeUpNames {
    fn resolve(&self, host: String) -> Boxed<'static, Result<Vec<IpAddr>, Unreached>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let found = answers.get_mut(host.as_str()).map(|left| match left.len() {
            1 => left[0].clone(),
            _ => left.remove(0),
        });
        Box::pin(async move { found.ok_or(Unreached::NoSuchHost) })
    }
}

/// A listener that counts what reaches it.
async fn listener(answer: StatusCode) -> (SocketAddr, Arc<AtomicUsize>) {
    let reached = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&reached);
    let count = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async move { (answer, "x".repeat(4 * ANSWER_BYTES_MAX)) }
    };
    let router = Router::new()
        .route("/hook", post(count.clone()))
        .route("/moved", post(|| async { Redirect::temporary("/hook") }));
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(socket, router).await });
    (address, reached)
}

async fn call(egress: &Egress, url: String) -> Result<Reply, Unreached> {
    egress.post_json(&url, &[], b"{}".to_vec()).await
}

#[tokio::test]
async fn an_allowed_host_is_called_and_its_status_told() {
    let (address, reached) = listener(StatusCode::ACCEPTED).await;
    let egress = Egress::new(PrivateToo, MadeUpNames::new("receiver.test", &[&["127.0.0.1"]]));
    let url = format!("http://receiver.test:{}/hook", address.port());
    assert_eq!(call(&egress, url).await, Ok(Reply { status: 202, retry_after: None }));
    assert_eq!(reached.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_not_called() {
    let (address, reached) = listener(StatusCode::OK).await;
    for addresses in
        [["127.0.0.1"].as_slice(), &["93.184.215.14", "127.0.0.1"], &["::ffff:127.0.0.1"]]
    {
        let egress = Egress::new(PublicOnly, MadeUpNames::new("sly.test", &[addresses]));
        let url = format!("http://sly.test:{}/hook", address.port());
        assert_eq!(call(&egress, url).await, Err(Unreached::Refused(Refused::Address)));
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_connection_is_made_to_the_address_that_was_checked() {
    // The second answer is what a rebinding name would say to whoever resolves it again.
    let (address, reached) = listener(StatusCode::OK).await;
    let names = MadeUpNames::new("rebinding.test", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let egress = Egress::new(PrivateToo, Arc::clone(&names) as Arc<dyn Names>);
    let url = format!("http://rebinding.test:{}/hook", address.port());
    assert_eq!(call(&egress, url).await, Ok(Reply { status: 200, retry_after: None }));
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert_eq!(reached.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_address_in_the_url_is_checked_on_every_call() {
    let (address, reached) = listener(StatusCode::OK).await;
    let egress = Egress::new(PublicOnly, MadeUpNames::new("unused.test", &[&["127.0.0.1"]]));
    let answer = call(&egress, format!("http://{address}/hook")).await;
    assert_eq!(answer, Err(Unreached::Refused(Refused::Address)));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (address, reached) = listener(StatusCode::OK).await;
    let egress = Egress::new(PrivateToo, Arc::new(SystemNames));
    let answer = call(&egress, format!("http://{address}/moved")).await;
    assert_eq!(answer, Ok(Reply { status: 307, retry_after: None }));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_answer_that_is_asked_for_is_read_to_its_limit_and_no_further() {
    let (address, _) = listener(StatusCode::OK).await;
    let egress = Egress::new(PrivateToo, Arc::new(SystemNames));
    let url = format!("http://{address}/hook");
    let reply = Reply { status: 200, retry_after: None };
    let length = 4 * ANSWER_BYTES_MAX;
    let answer = egress.post_json_for_answer(&url, &[], Vec::new(), length).await;
    assert_eq!(answer, Ok(Answer { reply, body: Body::Whole(vec![b'x'; length]) }));
    let answer = egress.post_json_for_answer(&url, &[], Vec::new(), length - 1).await;
    assert_eq!(answer, Ok(Answer { reply, body: Body::TooLong }));
}

#[tokio::test]
async fn an_answer_that_is_asked_for_comes_from_nowhere_else() {
    let (address, reached) = listener(StatusCode::OK).await;
    let answer = async |policy, path: &str| {
        let egress = Egress::new(policy, Arc::new(SystemNames));
        let url = format!("http://{address}{path}");
        let answer = egress.post_json_for_answer(&url, &[], Vec::new(), ANSWER_BYTES_MAX).await;
        answer.map(|answer| answer.reply.status)
    };
    assert_eq!(answer(PublicOnly, "/hook").await, Err(Unreached::Refused(Refused::Address)));
    assert_eq!(answer(PrivateToo, "/moved").await, Ok(307));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart() {
    let names = || MadeUpNames::new("receiver.test", &[&["127.0.0.1"]]);
    let egress = Egress::new(PrivateToo, names());
    assert_eq!(call(&egress, "http://other.test/".into()).await, Err(Unreached::NoSuchHost));

    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = unused.local_addr().unwrap().port();
    drop(unused);
    let answer = call(&egress, format!("http://receiver.test:{port}/")).await;
    assert_eq!(answer, Err(Unreached::NoConnection));

    let (address, _) = listener(StatusCode::OK).await;
    let answer = call(&egress, format!("https://receiver.test:{}/", address.port())).await;
    assert_eq!(answer, Err(Unreached::Tls));
}

#[test]
fn a_retry_after_is_read_in_each_form_of_http() {
    let read = RetryAfter::parse;
    let at = Some(RetryAfter::At(Instant::parse("2026-09-21T14:23:20Z").unwrap()));
    assert_eq!(read("Mon, 21 Sep 2026 14:23:20 GMT"), at);
    assert_eq!(read("Monday, 21-Sep-26 14:23:20 GMT"), at);
    assert_eq!(read("Mon Sep 21 14:23:20 2026"), at);
    assert_eq!(read("120"), Some(RetryAfter::Seconds(120)));
    assert_eq!(read("0"), Some(RetryAfter::Seconds(0)));
    assert_eq!(read("99999999999999999999999"), Some(RetryAfter::Seconds(u64::MAX)));
    for unreadable in ["", "-1", "1.5", "+5", "soon", "Mon, 21 Sep 1926 14:23:20 GMT"] {
        assert_eq!(read(unreadable), None, "{unreadable}");
    }
}
