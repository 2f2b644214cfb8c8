//! How the tables are distributed where Citus is. Citus itself is not there in the tests: a function of its name and
//! signature stands in for it, writes down what it was called for, and refuses what Citus refuses.

use std::collections::BTreeSet;

use rondo_core::Team;
use rondo_core::ids::IdSource;
use rondo_store::{Committed, Store, StoreError, StoreOptions, TeamBatch};

use crate::server::Server;
use crate::world::{NOON, found};

/// As in Citus: the column is in every unique key; a foreign key names it on both sides in the same place, and goes to
/// a table that is distributed already, beside this one; nothing is distributed twice.
const STAND_IN: &str = "
create type distribution_type as enum ('hash', 'range', 'append');
create table distributed (at bigint generated always as identity, name regclass primary key);
create function create_distributed_table(
    table_name regclass,
    distribution_column text,
    distribution_type distribution_type default 'hash',
    colocate_with text default 'default',
    shard_count int default null
) returns void language plpgsql as $$
declare
    mine smallint;
    key record;
begin
    if current_setting('citus.multi_shard_modify_mode', true) is distinct from 'sequential' then
        raise 'tables that refer to each other are distributed one after the other';
    end if;
    select attnum into strict mine from pg_attribute
    where attrelid = table_name and attname = distribution_column and attgenerated = '';
    if exists (select 1 from pg_index
               where indrelid = table_name and indisunique and mine <> all (indkey)) then
        raise 'a unique key of % is without the column', table_name;
    end if;
    if exists (select 1 from pg_trigger where tgrelid = table_name and not tgisinternal) then
        raise '% has triggers', table_name;
    end if;
    if colocate_with <> 'none'
       and not exists (select 1 from distributed where name = cast(colocate_with as regclass)) then
        raise '% is not distributed', colocate_with;
    end if;
    for key in select * from pg_constraint where conrelid = table_name and contype = 'f' loop
        if not exists (select 1 from distributed where name = key.confrelid) then
            raise '% refers to %, which is not distributed', table_name, cast(key.confrelid as regclass);
        end if;
        if array_position(key.conkey, mine) is null
           or array_position(key.conkey, mine) is distinct from array_position(
               key.confkey,
               (select attnum from pg_attribute
                where attrelid = key.confrelid and attname = distribution_column)) then
            raise 'a foreign key of % has the column not, or elsewhere', table_name;
        end if;
        if key.confupdtype not in ('a', 'r') or key.confdeltype not in ('a', 'r', 'c') then
            raise 'a foreign key of % changes the column', table_name;
        end if;
    end loop;
    -- Refused by its key, if it is distributed already.
    insert into distributed (name) values (table_name);
end
$$;";

const DISTRIBUTED: &str = "select name from distributed order by at";

/// Every table but the list of migrations, which is no team's, and what stands in for Citus.
const TABLES: &str = "
select relname from pg_class
where relnamespace = current_schema()::regnamespace and relkind = 'r'
  and relname not in ('rondo_migrations', 'distributed')";

const A_TEAM: &str = "
insert into teams (team_id, revision, last_at, created_at, name, default_group_id,
                   routed_rep_becomes_owner, reminder_after_working_hours, time_zone)
values ('01900000-0000-7000-8000-000000000001', 7, 1, 1, 'Acme',
        '01900000-0000-7000-8000-000000000002', 0, 4, 'UTC')";

async fn open(server: &Server) -> Result<Store, StoreError> {
    Store::open(&StoreOptions { database: server.database(), readers: 1 }).await
}

fn set(names: Vec<String>) -> BTreeSet<String> {
    names.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_citus_is_every_table_is_distributed_once_after_those_it_refers_to() {
    let server = Server::start().await;
    server.execute(STAND_IN).await;
    open(&server).await.unwrap().close().await;
    let distributed = server.texts(DISTRIBUTED).await;
    assert_eq!(distributed[0], "teams");
    assert_eq!(set(distributed.clone()), set(server.texts(TABLES).await));

    let store = open(&server).await.unwrap();
    assert_eq!(server.texts(DISTRIBUTED).await, distributed, "nothing was distributed twice");
    found(&store, 7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_was_there_before_is_distributed_with_what_is_in_it() {
    let server = Server::migrated_to(2).await;
    server.execute(A_TEAM).await;
    server.execute(STAND_IN).await;
    let store = open(&server).await.unwrap();
    let distributed = server.texts(DISTRIBUTED).await;
    assert_eq!(set(distributed), set(server.texts(TABLES).await));
    let team = store.teams(None, 1).await.unwrap()[0];
    assert_eq!(store.revision(team).await.unwrap(), Some(7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_citus_refuses_leaves_nothing_behind() {
    let server = Server::start().await;
    server.execute(STAND_IN).await;
    // The last of the tables.
    server.execute("alter table distributed add constraint no_more check (at < 17)").await;
    assert!(open(&server).await.is_err());
    assert_eq!(server.texts(TABLES).await, Vec::<String>::new());
    assert_eq!(server.texts(DISTRIBUTED).await, Vec::<String>::new());
}

/// A stand-in that takes everything would prove nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stand_in_refuses_what_citus_refuses() {
    let server = Server::start().await;
    server.execute(STAND_IN).await;
    let good = "create table teams (team_id uuid primary key);
                create table t (team_id uuid references teams, id uuid, primary key (team_id, id))";
    let teams = "select create_distributed_table('teams', 'team_id', colocate_with => 'none')";
    let t = "select create_distributed_table('t', 'team_id', colocate_with => 'teams')";
    let cases = [
        (true, "", format!("{teams}; {t}")),
        (false, "", t.to_owned()),
        (false, "", format!("{t}; {teams}")),
        (false, "", format!("{teams}; {t}; {t}")),
        (false, "", format!("set local citus.multi_shard_modify_mode = 'parallel'; {teams}")),
        (false, "create unique index on t (id)", format!("{teams}; {t}")),
        (false, "alter table t add column n bigint unique", format!("{teams}; {t}")),
        (false, "alter table t add column o uuid references teams", format!("{teams}; {t}")),
        (
            false,
            "alter table t add foreign key (team_id) references teams on delete set null",
            format!("{teams}; {t}"),
        ),
        (false, "alter table t rename team_id to team", format!("{teams}; {t}")),
    ];
    for (is_good, change, calls) in cases {
        let sql = format!(
            "begin; set local citus.multi_shard_modify_mode = 'sequential'; {good}; {change}; {calls}; rollback"
        );
        let answer = server.try_execute(&sql).await;
        assert_eq!(answer.is_ok(), is_good, "{change}; {calls}: {:?}", answer.err());
    }
}

/// What is written at once stays on one machine for each transaction, so that none has to be agreed on by several.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_team_is_written_in_a_transaction_of_its_own_where_teams_are_spread() {
    let server = Server::start().await;
    server.execute(STAND_IN).await;
    assert_eq!(transactions_for(&server, [7, 8, 9]).await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn teams_in_one_place_are_written_in_one_transaction() {
    let server = Server::start().await;
    assert_eq!(transactions_for(&server, [7, 8, 9]).await, 1);
}

/// In how many transactions batches of different teams are written.
async fn transactions_for(server: &Server, seeds: [u128; 3]) -> usize {
    let store = open(server).await.unwrap();
    let mut batches = Vec::new();
    for seed in seeds {
        let (team, mut ids) = found(&store, seed).await;
        batches.push(batch_without_entries(&team, &mut ids));
    }
    assert_eq!(store.commit(batches).await.unwrap(), [Committed::Done; 3]);
    let transactions = "select distinct cast(xmin as text) from teams where due_at is not null";
    server.texts(transactions).await.len()
}

fn batch_without_entries(team: &Team, ids: &mut IdSource) -> TeamBatch {
    TeamBatch {
        team: team.id(),
        expected_revision: team.revision(),
        batch: ids.next_id(),
        entries: Vec::new(),
        details: Vec::new(),
        remembered: Vec::new(),
        deliveries: Vec::new(),
        due_at: Some(NOON),
    }
}
