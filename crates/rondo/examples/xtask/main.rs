//! Work on the project itself: `cargo xtask train` trains the qualifier's embedded model from the labelled replies in
//! `training/replies`, writes its weights, and prints what it is worth; `cargo xtask figures` only prints;
//! `cargo xtask mail-servers` runs mail servers to try conversations with.

mod figures;
mod replies;
mod servers;
mod train;

use std::path::Path;

use rondo::qualifier::model::Model;

use figures::{Figures, Seen};
use replies::Reply;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let aside = replies::read(&root.join("training/aside"));
    let command = std::env::args().nth(1).unwrap_or_default();
    match command.as_str() {
        "train" => {
            let replies = replies::read(&root.join("training/replies"));
            replies::refuse_shared(&replies, &aside);
            let (model, held_out) = train::train(&replies);
            let weights = root.join("crates/rondo/src/qualifier/weights.bin");
            std::fs::write(&weights, model.write()).expect("the weights can be written");
            println!("Cross-validated on the {} replies of the training:\n", replies.len());
            println!("{}", Figures::of(&held_out).tables());
            print_aside(&aside, &model);
        }
        "figures" => print_aside(&aside, Model::embedded()),
        "mail-servers" => servers::run(),
        other => {
            eprintln!("no such task: `{other}`; there are `train`, `figures` and `mail-servers`");
            std::process::exit(2);
        }
    }
}

/// What the model is worth on replies that its training never saw.
fn print_aside(aside: &[Reply], model: &Model) {
    let seen: Vec<_> = aside.iter().map(|reply| Seen::of(reply, model)).collect();
    println!("On the {} replies that were set aside, written by another hand:\n", aside.len());
    println!("{}", Figures::of(&seen).tables());
}
