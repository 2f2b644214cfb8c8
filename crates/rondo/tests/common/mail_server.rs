//! A mail server for one test: a Postfix that takes mail and a Dovecot that shows it, on free ports of the loopback
//! addresses, with folders, users and a certificate of their own.
//!
//! They are Debian's, as installed (`./test` installs them), with nothing of the machine's own configuration. Postfix
//! starts as root alone; both then run as their packages' users. They end with the value, by their process ids.

#[path = "mail_server/config.rs"]
mod config;

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use rondo::clock::{Clock as _, SystemClock};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// The domains whose mail stays here.
pub const DOMAINS: [&str; 3] = ["example.test", "lead.test", "rep.test"];
/// The name of the host, which its certificate is for.
pub const HOST: &str = "mail.example.test";
/// Where the same servers speak no TLS, and say so.
pub const OPEN_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// An address that is put off, as by a greylist.
pub const LATER: &str = "later@lead.test";
/// An address that is forwarded to one which does not exist: it is taken at first, and reported later.
pub const GONE: &str = "gone@lead.test";
/// Bytes of a message that Postfix takes at most: more than Rondo reads.
pub const MESSAGE_BYTES_MAX: usize = 40_000_000;

/// How long anything may take here.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Debian's user `mail`, who owns all mail of the test.
const MAIL_OWNER: u32 = 8;
/// What access tokens are signed with.
const TOKEN_KEY: &[u8] = b"a key that only the test knows";

/// The ports on which the servers listen.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// SMTP that offers STARTTLS, and a login only after it.
    pub smtp: u16,
    /// SMTP over TLS.
    pub smtps: u16,
    /// SMTP that offers no TLS, and a login.
    pub smtp_open: u16,
    /// IMAP that offers STARTTLS; not at [`OPEN_ADDRESS`].
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
}

/// Both servers.
pub struct MailServer {
    pub ports: Ports,
    folder: PathBuf,
    postfix: Option<Child>,
    dovecot: Option<Child>,
}

impl MailServer {
    /// Starts both, with a mailbox and a password for each of these addresses. Mail to `name+anything@…` gets there too.
    pub async fn start(users: &[(&str, &str)]) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("rondo-mail-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(
            chown(&folder, Some(0), Some(0)).is_ok(),
            "the tests with a mail server run as root, since Postfix starts as nobody else"
        );
        let [smtp, smtps, smtp_open, imap, imaps] = free_ports();
        let ports = Ports { smtp, smtps, smtp_open, imap, imaps };
        let mut server = Self { ports, folder, postfix: None, dovecot: None };
        server.make_certificate();
        server.prepare_dovecot();
        server.prepare_postfix();
        for (address, password) in users {
            server.add_user(address, password);
        }
        server.start_dovecot().await;
        server.start_postfix().await;
        server
    }

    /// The authority that has signed the certificate.
    pub fn root(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.folder.join("ca.pem")).unwrap()
    }

    /// What a server needs that calls itself [`HOST`] as well.
    pub fn certificate(&self) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let certificate = CertificateDer::from_pem_file(self.folder.join("tls.pem")).unwrap();
        (certificate, PrivateKeyDer::from_pem_file(self.folder.join("tls.key")).unwrap())
    }

    /// Makes a mailbox; a server that runs takes note of it.
    pub fn add_user(&self, address: &str, password: &str) {
        let append = |name: &str, line: String| {
            let path = self.folder.join(name);
            let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
            writeln!(file, "{line}").unwrap();
        };
        append("users", format!("{address}:{{PLAIN}}{password}::::::"));
        append("mailboxes", format!("{address} {address}/"));
        seem_old(&self.folder.join("mailboxes"));
        for part in ["", "new", "cur", "tmp"] {
            let folder = self.mailbox(address).join(part);
            fs::create_dir_all(&folder).unwrap();
            chown(&folder, Some(MAIL_OWNER), Some(MAIL_OWNER)).unwrap();
        }
        if let Some(postfix) = &self.postfix {
            signal(postfix, "HUP");
        }
    }

    /// An access token for this user (JWT, RFC 7519), good for an hour.
    pub fn access_token(&self, address: &str) -> String {
        let now = SystemClock::new().now().as_micros() / 1_000_000;
        let claims = format!(r#"{{"sub":"{address}","iat":{},"exp":{}}}"#, now - 60, now + 3600);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let head = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{head}.{}", encode(claims.as_bytes()));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(TOKEN_KEY).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", encode(&mac.finalize().into_bytes()))
    }

    /// The maildir of a user.
    pub fn mailbox(&self, address: &str) -> PathBuf {
        self.folder.join("mail").join(address)
    }

    /// Puts a message into a mailbox, past all servers.
    pub fn put(&self, address: &str, name: &str, message: &[u8]) {
        let mailbox = self.mailbox(address);
        let draft = mailbox.join("tmp").join(name);
        fs::write(&draft, message).unwrap();
        chown(&draft, Some(MAIL_OWNER), Some(MAIL_OWNER)).unwrap();
        fs::rename(draft, mailbox.join("new").join(name)).unwrap();
    }

    /// The messages that Postfix has put into a mailbox, as they are, until there are so many.
    pub async fn delivered(&self, address: &str, count: usize) -> Vec<String> {
        let mailbox = self.mailbox(address);
        let mut found = Vec::new();
        let is_there = async || {
            let mut paths: Vec<PathBuf> = ["new", "cur"]
                .iter()
                .flat_map(|part| fs::read_dir(mailbox.join(part)).unwrap())
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            // What another process moves meanwhile is found the next time.
            found = paths.iter().filter_map(|path| fs::read(path).ok()).collect();
            found.len() >= count
        };
        until(is_there).await;
        found.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// What Dovecot's administrators use, such as `mailbox create`.
    pub fn doveadm(&self, arguments: &[&str]) {
        let config = self.folder.join("dovecot.conf");
        let mut command = Command::new("doveadm");
        let output = command.arg("-c").arg(config).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Ends Postfix as a power cut does.
    pub fn kill_postfix(&mut self) {
        kill(&mut self.postfix);
    }

    /// Ends Dovecot as a power cut does. A lock on a mailbox that it held is taken away: the next Dovecot would wait for
    /// two minutes until it believes that nobody has it.
    pub fn kill_dovecot(&mut self) {
        kill(&mut self.dovecot);
        for mailbox in fs::read_dir(self.folder.join("mail")).unwrap() {
            let _ = fs::remove_file(mailbox.unwrap().path().join("dovecot-uidlist.lock"));
        }
    }

    /// Starts Postfix, and returns once it answers.
    pub async fn start_postfix(&mut self) {
        let mut command = Command::new("/usr/lib/postfix/sbin/master");
        command.arg("-c").arg(self.folder.join("postfix")).arg("-s");
        self.postfix = Some(self.spawned(command));
        for port in [self.ports.smtp, self.ports.smtp_open] {
            self.until_greeted(port, "220").await;
        }
    }

    /// Starts Dovecot, and returns once it answers.
    pub async fn start_dovecot(&mut self) {
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(self.folder.join("dovecot.conf"));
        self.dovecot = Some(self.spawned(command));
        self.until_greeted(self.ports.imap, "* OK").await;
    }

    fn spawned(&self, mut command: Command) -> Child {
        let log = || fs::OpenOptions::new().create(true).append(true).open(self.path("out.log"));
        command.stdin(Stdio::null()).stdout(log().unwrap()).stderr(log().unwrap());
        command.spawn().unwrap()
    }

    async fn until_greeted(&self, port: u16, greeting: &str) {
        let is_greeted = async || {
            let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
                return false;
            };
            let mut bytes = vec![0; greeting.len()];
            stream.read_exact(&mut bytes).await.is_ok() && bytes == greeting.as_bytes()
        };
        tokio::select! {
            () = until(is_greeted) => {}
            () = async { SystemClock::new().wait(PATIENCE / 2).await } => panic!("{}", self.logs()),
        }
    }

    /// What the servers have logged.
    pub fn logs(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        ["out.log", "postfix.log", "dovecot.log"].map(read).concat()
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// An authority, and a certificate of it for [`HOST`].
    fn make_certificate(&self) {
        let openssl = |arguments: &str| {
            let mut command = Command::new("openssl");
            let arguments = arguments.split_whitespace();
            let output = command.args(arguments).current_dir(&self.folder).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let key = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 60";
        openssl(&format!("req {key} -keyout ca.key -out ca.pem -subj /CN=Test"));
        openssl(&format!(
            "req {key} -keyout tls.key -out tls.pem -subj /CN={HOST} -CA ca.pem -CAkey ca.key \
             -addext subjectAltName=DNS:{HOST} -addext basicConstraints=critical,CA:FALSE"
        ));
    }

    fn prepare_dovecot(&self) {
        fs::create_dir_all(self.folder.join("mail")).unwrap();
        chown(self.folder.join("mail"), Some(MAIL_OWNER), Some(MAIL_OWNER)).unwrap();
        let keys = self.folder.join("keys/default/HS256");
        fs::create_dir_all(&keys).unwrap();
        let key = base64::engine::general_purpose::STANDARD.encode(TOKEN_KEY);
        fs::write(keys.join("default"), key).unwrap();
        let token_config = format!(
            "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={}/\n\
             username_attribute = sub\n",
            self.path("keys")
        );
        fs::write(self.folder.join("oauth2.conf"), token_config).unwrap();
        fs::write(self.folder.join("dovecot.conf"), self.dovecot_config()).unwrap();
    }

    fn prepare_postfix(&self) {
        let postfix = owner_of("/var/lib/postfix");
        let spool = self.folder.join("spool");
        let queues = "active bounce corrupt defer deferred flush hold incoming maildrop pid private \
                      public saved trace";
        for queue in queues.split_whitespace() {
            fs::create_dir_all(spool.join(queue)).unwrap();
            if queue != "pid" {
                chown(spool.join(queue), Some(postfix), None).unwrap();
            }
        }
        for name in ["data", "postfix"] {
            fs::create_dir_all(self.folder.join(name)).unwrap();
        }
        chown(self.folder.join("data"), Some(postfix), None).unwrap();
        let config = self.postfix_config();
        for (name, text) in [("main.cf", config), ("master.cf", self.postfix_services())] {
            let path = self.folder.join("postfix").join(name);
            fs::write(&path, text).unwrap();
            seem_old(&path);
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        for server in [&mut self.postfix, &mut self.dovecot] {
            if server.is_some() {
                kill(server);
            }
        }
        if std::thread::panicking() {
            eprintln!("{}", self.logs());
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Ends a server and the processes that it has started, without a word to any of them. They are gone then, and what they
/// had open is closed.
fn kill(server: &mut Option<Child>) {
    let mut server = server.take().expect("it runs");
    // Stopped, it starts no more of them, and those that end remain its own. One that has ended has none.
    signal(&server, "STOP");
    while !matches!(state_of(&server.id().to_string()), None | Some('T' | 'Z')) {
        std::thread::yield_now();
    }
    loop {
        let left = living_children_of(server.id());
        if left.is_empty() {
            break;
        }
        // One that has ended meanwhile is as good.
        let _ = Command::new("kill").arg("-KILL").args(left).stderr(Stdio::null()).status();
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

fn living_children_of(parent: u32) -> Vec<String> {
    let mut ps = Command::new("ps");
    let output = ps.args(["--no-headers", "-o", "pid", "--ppid", &parent.to_string()]).output();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    let children = output.split_whitespace().map(str::to_owned);
    children.filter(|child| !matches!(state_of(child), None | Some('Z'))).collect()
}

/// The letter for what a process does, if there is one: `T` is stopped, `Z` has ended.
fn state_of(process: &str) -> Option<char> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    line.rsplit_once(") ")?.1.chars().next()
}

fn signal(server: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(server.id().to_string()).status();
    assert!(status.unwrap().success());
}

/// Postfix waits with a file that was written just now until it is sure that nobody writes on.
fn seem_old(path: &Path) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
}

fn owner_of(path: impl AsRef<Path>) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).expect("Postfix is installed; `./test` does it").uid()
}

/// Ports on which nobody listens just now: not of those that the system gives to whoever connects or asks for any, and
/// others in each process.
fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    const FIRST: u32 = 20_000;
    const LAST: u32 = 32_000;
    let turns = (LAST - FIRST) / COUNT as u32;
    let first = FIRST + std::process::id() % turns * COUNT as u32;
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let mut free = (first..LAST).chain(FIRST..first).map(|port| port as u16).filter(is_free);
    std::array::from_fn(|_| free.next().expect("some port is free"))
}

/// Returns once it is so.
pub async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let clock = SystemClock::new();
    let asking = async {
        while !is_so().await {
            // The servers need the processor more than we do.
            clock.wait(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it never was so");
}
