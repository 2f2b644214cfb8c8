//! Work on the project itself: `cargo xtask train` trains the qualifier's embedded model from the labelled replies in
//! `training/replies`, writes its weights, and prints what it is worth; `cargo xtask figures` only prints, and with `--speed`
//! how long it takes to read a reply; `cargo xtask folds` prints what the training itself can tell, and writes nothing;
//! `cargo xtask mail-servers` runs mail servers to try conversations with; `cargo xtask screenshots` takes the
//! documentation's pictures of the console.

mod figures;
mod replies;
mod screenshots;
mod servers;
mod speed;
mod train;

use std::path::Path;

use rondo::qualifier::model::Model;
use rondo::qualifier::{LABELS, Label};

use figures::{Figures, Seen};
use replies::Reply;
use train::HeldOut;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let aside = || replies::read(&root.join("training/aside"));
    let replies = || replies::read(&root.join("training/replies"));
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    match command.as_str() {
        "figures" if arguments.any(|argument| argument == "--speed") => {
            println!("{}", speed::measured(&replies()));
        }
        "folds" => {
            let (model, held_out) = train::train(&replies());
            print_held_out(&model, &held_out);
        }
        "train" => {
            let (replies, aside) = (replies(), aside());
            replies::refuse_shared(&replies, &aside);
            let (model, held_out) = train::train(&replies);
            let weights = root.join("crates/rondo/src/qualifier/weights.bin");
            std::fs::write(&weights, model.write()).expect("the weights can be written");
            print_held_out(&model, &held_out);
            print_aside(&aside, &model);
        }
        "figures" => print_aside(&aside(), Model::embedded()),
        "mail-servers" => servers::run(),
        "screenshots" => screenshots::take(&root),
        other => {
            eprintln!(
                "no such task: `{other}`; there are `train`, `folds`, `figures`, `mail-servers` and `screenshots`"
            );
            std::process::exit(2);
        }
    }
}

/// What models that did not see them make of the replies of the training, and the thresholds that come of it.
fn print_held_out(model: &Model, held_out: &HeldOut) {
    println!("Cross-validated on the {} replies of the training:\n", held_out.by_text.len());
    println!("{}", Figures::of(&held_out.by_text).tables());
    println!("The same, with whole parts of the training held out:\n");
    println!("{}", Figures::of(&held_out.by_part).targets());
    let of_label = |label: Label| format!("`{}` {:.3}", label.name(), model.threshold(label));
    let acted_on = LABELS.into_iter().filter(|label| model.threshold(*label) < 1.0);
    println!("Thresholds: {}\n", acted_on.map(of_label).collect::<Vec<_>>().join(", "));
}

/// What the model is worth on replies that its training never saw.
fn print_aside(aside: &[Reply], model: &Model) {
    let seen: Vec<_> = aside.iter().map(|reply| Seen::of(reply, model)).collect();
    println!("On the {} replies that were set aside, written by another hand:\n", aside.len());
    println!("{}", Figures::of(&seen).tables());
}
