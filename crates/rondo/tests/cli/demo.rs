//! `rondo demo`: a new installation with a living example in it.

use crate::program::{Said, rondo};

#[test]
fn the_example_is_a_team_whose_ledger_is_sound_and_comes_to_a_new_installation_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("demo.db").display());
    let run = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--database", &database]);
        Said::by(rondo().args(&all))
    };
    let made = run(&["demo"]);
    assert!(made.err.contains("Nothing is sent to anybody"), "{}", made.err);
    assert!(made.done().contains("/sign-in/"));
    assert!(run(&["verify"]).done().contains("all is as the ledger says"));
    run(&["demo"]).fails_with(1, "there is a team already");
}
