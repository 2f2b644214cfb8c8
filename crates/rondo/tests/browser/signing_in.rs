//! Signing in with a provider on another site, by the rules that browsers have for cookies, forms and redirections.

use std::net::{Ipv4Addr, TcpListener};

use crate::chromium::Driver;
use crate::looks::Lens;
use crate::program::Server;
use crate::provider::{CLIENT, ELSEWHERE, Provider, SECRET};

#[tokio::test]
async fn a_browser_goes_to_a_provider_on_another_site_and_comes_back_signed_in() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let here = listener.local_addr().unwrap().to_string();
    drop(listener);
    let provider = Provider::start(&format!("http://{here}/sign-in/back"), ELSEWHERE);
    let server = Server::start_with(&[
        ("RONDO_LISTEN", &here),
        ("RONDO_OIDC_ISSUER", &provider.issuer),
        ("RONDO_OIDC_CLIENT_ID", CLIENT),
        ("RONDO_OIDC_CLIENT_SECRET", SECRET),
        ("RONDO_OIDC_NAME", "Acme SSO"),
    ]);
    server.set_up(&["team", "create", "Acme", "--admin", "ada@acme.example"]).done();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    let mut lens = Lens::over(&browser).await;
    lens.looks_at("/sign-in?to=/account").await;
    lens.finds_nothing();
    browser.presses("Sign in with Acme SSO").await;
    browser.sees("input[name=login]").await.send_keys("ada@acme.example").await.unwrap();
    browser.sees("input[name=password]").await.send_keys("any").await.unwrap();
    browser.presses("Sign-in").await;
    browser.presses("Continue").await;
    browser.reads("Admin in Acme").await;
    let url = browser.client.current_url().await.unwrap();
    assert_eq!(url.as_str(), format!("http://{here}/account"));
}
