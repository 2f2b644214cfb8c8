//! Browsers without windows, over the world of the API's tests.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use rondo::app::people::{self, NewUser};
use rondo::app::{Caller, people::Invitation};
use rondo_core::Actor;
use rondo_core::event::Role;
use rondo_core::text::Email;
use tower::ServiceExt as _;

use crate::world::World;

const PASSWORD: &str = "correct horse battery";

/// Somebody at a browser, signed in or not.
#[derive(Clone)]
pub struct Browser {
    router: axum::Router,
    cookies: BTreeMap<String, String>,
    /// The rep whose browser it is.
    pub rep: String,
}

/// A page, or a redirection.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl World {
    /// Somebody who has not signed in.
    pub fn browser(&self) -> Browser {
        Browser::over(self.router.clone())
    }

    /// An admin who signed in.
    pub async fn admin_browser(&self) -> Browser {
        self.signed_in("ada@acme.example", Role::Admin, None).await
    }

    /// Another admin who signed in.
    pub async fn other_admin_browser(&self, email: &str) -> Browser {
        self.signed_in(email, Role::Admin, None).await
    }

    /// A viewer who signed in.
    pub async fn viewer_browser(&self) -> Browser {
        self.signed_in("vic@acme.example", Role::Viewer, None).await
    }

    /// A new rep who signed in.
    pub async fn rep_browser(&self, name: &str) -> Browser {
        let rep = self.add_rep(name).await;
        let email = format!("{}-signs-in@acme.example", name.to_lowercase());
        let mut browser = self.signed_in(&email, Role::Rep, Some(&rep)).await;
        browser.rep = rep;
        browser
    }

    /// Invites somebody; whoever is asked by the command line may.
    pub async fn invite(&self, email: &str, role: Role, rep: Option<&str>) -> Invitation {
        let caller = Caller {
            team: self.team,
            actor: Actor::Cli,
            role: Role::Admin,
            rep: None,
            mailbox: None,
        };
        let rep = rep.map(|rep| rep.parse().unwrap());
        let new = NewUser { email: Email::parse(email).unwrap(), role, rep };
        people::invite(&self.app, &caller, new).await.unwrap()
    }

    async fn signed_in(&self, email: &str, role: Role, rep: Option<&str>) -> Browser {
        let invitation = self.invite(email, role, rep).await;
        let mut browser = self.browser();
        let form = [("password", PASSWORD), ("again", PASSWORD)];
        let page = browser.post(invitation.link.path(), &form).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        browser.keep(&page);
        browser
    }
}

impl Browser {
    /// Somebody who has not signed in, before this server.
    pub fn over(router: axum::Router) -> Self {
        Self { router, cookies: BTreeMap::new(), rep: String::new() }
    }

    /// Takes the cookies that a page sets, and forgets those that it takes back.
    pub fn keep(&mut self, page: &Page) {
        for cookie in page.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        assert!(page.headers.contains_key(header::SET_COOKIE), "{}", page.text);
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, None, "same-origin").await
    }

    /// What a browser takes to show a page for the first time: the page itself and each file that it names, with the bytes
    /// that come over the wire and their headers.
    pub async fn first_view(&self, path: &str) -> Vec<(String, usize, HeaderMap)> {
        let page = self.get(path).await.text;
        let named = page.split(['"', '\'']).filter(|text| text.starts_with("/assets/"));
        let mut all = vec![path.to_owned()];
        all.extend(named.map(str::to_owned));
        let mut loaded = Vec::new();
        for path in all {
            let mut request = Request::builder().uri(&path).header(header::ACCEPT_ENCODING, "gzip");
            for (name, value) in &self.cookies {
                request = request.header(header::COOKIE, format!("{name}={value}"));
            }
            let request = request.body(Body::empty()).unwrap();
            let response = self.router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let (parts, body) = response.into_parts();
            loaded.push((path, to_bytes(body, usize::MAX).await.unwrap().len(), parts.headers));
        }
        loaded
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(path, fields, "same-origin").await
    }

    /// Sends the form that a page has for this path, as it is filled, with these fields instead.
    pub async fn send_form(&self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = page.form(path);
        for (name, value) in fields {
            form.retain(|(known, _)| known != name);
            form.push(((*name).to_owned(), (*value).to_owned()));
        }
        let form: Vec<_> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(path, &form).await
    }

    /// Sends a form with a file in it.
    pub async fn upload(&self, path: &str, file: &str, text: &str) -> Page {
        self.upload_with(path, &[], file, text).await
    }

    /// Sends the form that a page has for this path, as it is filled, with a file in it.
    pub async fn upload_form(&self, page: &Page, path: &str, file: &str, text: &str) -> Page {
        let mut fields = page.form(path);
        fields.retain(|(name, _)| name != "file");
        self.upload_with(path, &fields, file, text).await
    }

    async fn upload_with(
        &self,
        path: &str,
        fields: &[(String, String)],
        file: &str,
        text: &str,
    ) -> Page {
        let mut body = String::new();
        for (name, value) in fields {
            body += "--edge\r\ncontent-disposition: form-data; ";
            body += &format!("name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body += &format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\
             content-type: text/csv\r\n\r\n{text}\r\n--edge--\r\n"
        );
        let kind = "multipart/form-data; boundary=edge";
        self.send(Method::POST, path, Some((kind, body)), "same-origin").await
    }

    /// Sends a form from a page of this site, or of another.
    pub async fn post_from(&self, path: &str, fields: &[(&str, &str)], site: &str) -> Page {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let kind = "application/x-www-form-urlencoded";
        self.send(Method::POST, path, Some((kind, form.finish())), site).await
    }

    /// Asks for a file, to be taken piece by piece.
    pub async fn open(&self, path: &str) -> Body {
        let response = self.answered(Method::GET, path, None, "same-origin").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.into_body()
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        form: Option<(&str, String)>,
        site: &str,
    ) -> Page {
        let response = self.answered(method, path, form, site).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Page { status: parts.status, headers: parts.headers, text }
    }

    async fn answered(
        &self,
        method: Method,
        path: &str,
        form: Option<(&str, String)>,
        site: &str,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        request =
            request.header("sec-fetch-site", site).header(header::ACCEPT, "text/html,*/*;q=0.8");
        for (name, value) in &self.cookies {
            request = request.header(header::COOKIE, format!("{name}={value}"));
        }
        if let Some((kind, _)) = form {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let body = form.map_or_else(Body::empty, |(_, form)| Body::from(form));
        let request = request.body(body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }
}

impl Page {
    /// The page, once it is one and says all of this.
    #[track_caller]
    pub fn says(&self, all: &[&str]) -> &Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        for text in all {
            assert!(self.text.contains(text), "`{text}` is not in {}", self.text);
        }
        self
    }

    /// The page says nothing of this.
    #[track_caller]
    pub fn lacks(&self, all: &[&str]) -> &Self {
        for text in all {
            assert!(!self.text.contains(text), "`{text}` is in {}", self.text);
        }
        self
    }

    /// Where a form that was taken leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The page refuses, with this status, and says all of this.
    #[track_caller]
    pub fn refuses(&self, status: StatusCode, all: &[&str]) -> &Self {
        assert_eq!(self.status, status, "{}", self.text);
        for text in all {
            assert!(self.text.contains(text), "`{text}` is not in {}", self.text);
        }
        self
    }

    /// The fields of the form that is sent to this path.
    #[track_caller]
    pub fn form(&self, path: &str) -> Vec<(String, String)> {
        let begin = format!("action=\"{path}\"");
        let form = self.text.split(&begin).nth(1);
        let form = form.unwrap_or_else(|| panic!("no form is sent to {path}: {}", self.text));
        let form = form.split("</form>").next().unwrap();
        let value = |field: &str, of: &str| {
            let at = field.split(&format!(" {of}=\"")).nth(1)?;
            Some(at.split('"').next().unwrap().to_owned())
        };
        let fields = form.split("<input").skip(1).filter_map(|field| {
            let field = field.split('>').next().unwrap();
            Some((value(field, "name")?, value(field, "value").unwrap_or_default()))
        });
        fields.collect()
    }

    /// What stands in a hidden field of the first form that has it.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let at = self.text.split(&begin).nth(1);
        let at = at.unwrap_or_else(|| panic!("no field {name}: {}", self.text));
        at.split('"').next().unwrap().to_owned()
    }
}
