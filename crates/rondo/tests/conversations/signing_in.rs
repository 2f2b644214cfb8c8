//! A link to sign in goes out by the team's mailbox, through a real Postfix, and lets its reader in.

use rondo::app::people::{self, NewUser};
use rondo::app::sending::system;
use rondo_core::event::Role;
use rondo_core::text::Email;

use crate::world::{ASSISTANT, REPS, World};

#[tokio::test]
async fn a_rep_signs_in_by_a_link_that_the_teams_mailbox_sends() {
    let world = World::new().await;
    let email = Email::parse(REPS[0]).unwrap();
    let new = NewUser { email, role: Role::Rep, rep: Some(world.reps[0]) };
    people::invite(&world.app, &system(world.team), new).await.unwrap();
    people::mail_link(&world.app, REPS[0]);
    let (mail, raw) = world.mail_of(REPS[0], 1).await.remove(0);
    assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    assert_eq!(mail.from.as_ref().unwrap().address, ASSISTANT);
    let text = format!("{}{}", mail.text.visible, mail.text.signature);
    let link = text.split_whitespace().find(|word| word.contains("/sign-in/link/")).unwrap();
    let token = link.rsplit_once('/').unwrap().1;
    let page = people::mailed_link_page(&world.app, token).await.unwrap();
    assert_eq!((page.email.as_str(), page.team_name.as_str()), (REPS[0], "Kilns"));
    let signed_in = people::enter_by_mail(&world.app, token, "Firefox").await.unwrap();
    let session = people::session(&world.app, &signed_in.token).await.unwrap().unwrap();
    assert_eq!(session.caller.rep, Some(world.reps[0]));
    assert!(people::enter_by_mail(&world.app, token, "Firefox").await.is_err());
}
