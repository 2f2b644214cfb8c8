//! What is taken from where, and how wrong settings are told.

use super::*;

fn sources(variables: &[(&str, &str)], file: &str) -> (Sources, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    std::fs::write(&path, file).unwrap();
    let variables =
        variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    (Sources { file: Some(path), variables, ..Sources::default() }, folder)
}

fn problems(variables: &[(&str, &str)], file: &str) -> Vec<String> {
    let (sources, _folder) = sources(variables, file);
    Config::load(&sources).unwrap_err().0
}

#[test]
fn nothing_needs_to_be_set() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.listen.to_string(), LISTEN);
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:7070/");
    assert_eq!(config.data_folder(), Some("rondo-data".into()));
    assert_eq!(config.egress, EgressPolicy::PublicOnly);
    assert_eq!(config.key_requests_per_second_max, None);
}

#[test]
fn a_limit_for_keys_is_a_number_from_one_on() {
    let (given, _folder) = sources(&[], "key_requests_per_second_max = 500");
    let limit = Config::load(&given).unwrap().key_requests_per_second_max;
    assert_eq!(limit.map(NonZeroU32::get), Some(500));
    for bad in ["0", "-1", "many"] {
        let found = problems(&[("RONDO_KEY_REQUESTS_PER_SECOND_MAX", bad)], "");
        assert!(found[0].contains("expected a number from 1 on"), "{found:?}");
    }
}

#[test]
fn traces_go_to_the_plain_address_of_a_collector() {
    assert!(Config::load(&Sources::default()).unwrap().otlp.is_none());
    let (given, _folder) = sources(&[], "otlp_endpoint = 'http://collector:4318'");
    let otlp = Config::load(&given).unwrap().otlp.unwrap();
    assert_eq!(otlp.endpoint.as_str(), "http://collector:4318/");
    assert_eq!(otlp.sample_ratio, OTLP_SAMPLE_RATIO);
    let (given, _folder) =
        sources(&[("RONDO_OTLP_SAMPLE_RATIO", "1")], "otlp_endpoint = 'https://c.example/otlp'");
    assert_eq!(Config::load(&given).unwrap().otlp.unwrap().sample_ratio, 1.0);
    for bad in ["collector:4318", "grpc://c", "http://me:hunter2@c", "http://c?key=hunter2"] {
        let found = problems(&[("RONDO_OTLP_ENDPOINT", bad)], "");
        assert!(found[0].contains("is not the plain address of a collector"), "{found:?}");
        assert!(!found[0].contains("hunter2"), "{found:?}");
    }
    for bad in ["-0.1", "1.5", "NaN", "all"] {
        let found = problems(&[("RONDO_OTLP_SAMPLE_RATIO", bad)], "");
        assert!(found[0].contains("expected a number from 0 to 1"), "{found:?}");
    }
}

#[test]
fn flags_outweigh_variables_and_variables_outweigh_the_file() {
    let file = "listen = '1.1.1.1:1'\nlog = 'warn'\ndatabase = 'sqlite:a.db'";
    let (mut sources, _folder) =
        sources(&[("RONDO_LISTEN", "2.2.2.2:2"), ("RONDO_LOG", "error")], file);
    sources.listen = Some("3.3.3.3:3".to_owned());
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.listen.to_string(), "3.3.3.3:3");
    assert_eq!(config.log.to_string(), "error");
    assert_eq!(config.database, "sqlite:a.db");
}

#[test]
fn all_problems_are_told_at_once_with_their_place() {
    let found = problems(
        &[("RONDO_LISTEN", "nowhere"), ("RONDO_COLOUR", "red")],
        "lissten = '1.1.1.1:1'\negress_allow_private = 3\n[log]\nlevel = 'info'",
    );
    let all = found.join("\n");
    assert_eq!(found.len(), 5, "{all}");
    assert!(all.contains("`RONDO_LISTEN` is `nowhere`"), "{all}");
    assert!(all.contains("the variable `RONDO_COLOUR` is not a setting"), "{all}");
    assert!(all.contains("`lissten` in"), "{all}");
}

#[test]
fn what_is_logged_is_said_in_levels() {
    for good in ["info", "WARN", "warn,rondo=debug", "rondo::engine=trace,error"] {
        let (given, _folder) = sources(&[("RONDO_LOG", good)], "");
        assert!(Config::load(&given).is_ok(), "{good}");
    }
    for bad in ["5", "verbose", "", "rondo", "rondo=loud", "=info", "info,,"] {
        let found = problems(&[("RONDO_LOG", bad)], "");
        assert!(found[0].contains("expected a level (off, error"), "{bad}: {found:?}");
    }
    let found = problems(&[], "log = 5");
    assert!(found[0].contains("`log` in") && found[0].contains("is `5`"), "{found:?}");
}

#[test]
fn a_secret_can_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{}\n", "ab".repeat(32))).unwrap();
    let (given, _folder) =
        sources(&[("RONDO_SECRET_KEY_FILE", path.to_str().unwrap())], "secret_key = 'short'");
    assert!(Config::load(&given).unwrap().secret_key.is_some());
    let both = problems(&[("RONDO_SECRET_KEY", "x"), ("RONDO_SECRET_KEY_FILE", "y")], "");
    assert!(both[0].contains("keep one of them"), "{both:?}");
}

#[test]
fn a_problem_with_a_secret_does_not_show_it() {
    let found = problems(&[("RONDO_SECRET_KEY", "hunter2")], "");
    assert_eq!(found.len(), 1);
    assert!(!found[0].contains("hunter2"), "{found:?}");
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let sources =
        Sources { file: Some(PathBuf::from("/nowhere/rondo.toml")), ..Sources::default() };
    assert!(Config::load(&sources).unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn variables_of_the_command_line_are_no_settings() {
    let (sources, _folder) = sources(&[("RONDO_SERVER", "http://x"), ("RONDO_KEY", "k")], "");
    assert!(Config::load(&sources).is_ok());
}

#[test]
fn a_provider_is_set_as_a_whole() {
    assert!(Config::load(&Sources::default()).unwrap().oidc.is_none());
    let file = "oidc_issuer = 'https://login.example.com/realms/acme/'\noidc_client_id = 'rondo'";
    let secret = ("RONDO_OIDC_CLIENT_SECRET", "hunter2");
    let (given, _folder) = sources(&[secret], file);
    let config = Config::load(&given).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let oidc = config.oidc.unwrap();
    // As it was written: a provider's name for itself is compared to the letter.
    assert_eq!(oidc.issuer.as_str(), "https://login.example.com/realms/acme/");
    assert_eq!((oidc.name.as_str(), oidc.client_id.as_str()), ("login.example.com", "rondo"));
    assert_eq!(oidc.client_secret.secret(), "hunter2");
    let (given, _folder) = sources(&[secret, ("RONDO_OIDC_NAME", "Acme SSO")], file);
    assert_eq!(Config::load(&given).unwrap().oidc.unwrap().name, "Acme SSO");

    let found = problems(&[("RONDO_OIDC_ISSUER", "https://a.example")], "");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("without `oidc_client_id`"), "{found:?}");
    assert!(found[1].contains("without `oidc_client_secret`"), "{found:?}");
    let found = problems(&[secret], "");
    assert_eq!(found, ["`RONDO_OIDC_CLIENT_SECRET` is set without `oidc_issuer`; set that too"]);
}

#[test]
fn a_provider_is_reached_by_tls_or_on_this_machine() {
    let with = |issuer| {
        let rest = [("RONDO_OIDC_CLIENT_ID", "rondo"), ("RONDO_OIDC_CLIENT_SECRET", "hunter2")];
        let (given, _folder) = sources(&[rest[0], rest[1], ("RONDO_OIDC_ISSUER", issuer)], "");
        Config::load(&given)
    };
    for good in ["https://a.example", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]"]
    {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in
        ["http://a.example", "a.example", "https://me:hunter3@a.example", "https://a.example?x"]
    {
        let found = with(bad).unwrap_err().0;
        assert!(found[0].contains("is not the plain address of a provider"), "{found:?}");
        assert!(!found[0].contains("hunter3"), "{found:?}");
    }
}
