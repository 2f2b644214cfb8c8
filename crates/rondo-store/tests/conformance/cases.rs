//! Every case of the suite, by name.

pub mod commits;
pub mod random;

/// Names every case: the one list there is.
macro_rules! all {
    ($database:ident) => {
        $crate::cases::expand! { $database:
            commits::a_team_loads_as_it_was_decided,
            commits::a_stale_batch_leaves_nothing_behind,
            commits::a_team_begins_once,
            random::tables_say_what_the_team_says,
        }
    };
}

macro_rules! expand {
    ($database:ident: $($module:ident::$case:ident),* $(,)?) => {
        mod $database {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::cases::$module::$case(crate::world::World::$database().await).await;
            })*
        }
    };
}

pub(crate) use {all, expand};
