//! Every case of the suite, by name.

pub(crate) mod commits;
pub(crate) mod copy;
pub(crate) mod history;
pub(crate) mod leases;
pub(crate) mod lists;
pub(crate) mod mail;
pub(crate) mod messages;
pub(crate) mod people;
pub(crate) mod random;
pub(crate) mod reading;
pub(crate) mod verify;

/// Names every case: the one list there is.
macro_rules! all {
    ($database:ident) => {
        $crate::cases::expand! { $database:
            commits::a_team_loads_as_it_was_decided,
            commits::a_stale_batch_leaves_nothing_behind,
            commits::every_delivery_of_a_batch_is_queued_however_many_there_are,
            commits::a_team_begins_once,
            commits::a_second_assignment_of_a_conversation_is_a_conflict,
            commits::a_second_assignment_of_a_conversation_that_was_there_is_a_conflict,
            commits::addresses_pass_on_within_a_batch_in_any_order,
            commits::a_large_batch_is_written_whole,
            commits::who_has_a_teams_turn_writes_it_before_anybody_else,
            copy::a_copy_is_the_same_team_with_the_same_ledger,
            copy::a_target_that_is_not_empty_is_refused_untouched,
            copy::a_source_that_is_written_meanwhile_leaves_the_target_empty,
            history::the_ledger_is_read_from_its_end,
            history::entries_of_a_kind_are_found_within_bounds,
            history::deliveries_and_suppressions_come_the_newest_first,
            history::whoever_acted_keeps_their_name_when_they_are_gone,
            leases::a_lease_is_one_holders_until_it_has_run_out,
            leases::a_lease_that_is_let_go_of_is_free_and_its_fence_goes_on,
            leases::a_lease_that_is_renewed_stays_with_its_holder,
            leases::a_holder_that_was_followed_can_neither_renew_nor_let_go,
            leases::a_holder_that_takes_its_own_lease_again_begins_anew,
            leases::leases_of_many_teams_and_names_are_apart,
            leases::of_those_who_take_a_lease_at_once_one_gets_it,
            leases::a_clock_that_is_wrong_keeps_others_away_for_twice_the_length,
            leases::leases_are_neither_copied_nor_verified,
            lists::what_cancelled_campaigns_left_open_is_among_what_was_cancelled,
            lists::the_leads_of_a_campaign_come_in_the_order_of_leads,
            lists::the_leads_of_several_owners_come_in_order,
            lists::a_reps_assignments_of_a_campaign_are_found_among_others,
            lists::what_waits_for_a_rep_is_found_among_what_is_qualified,
            lists::leads_and_conversations_are_looked_through_with_what_they_are_found_by,
            lists::assignments_are_looked_through_and_keep_the_note_that_they_were_made_with,
            people::users_are_listed_until_they_are_removed,
            people::an_address_is_one_users_of_a_team,
            people::accounts_of_an_address_are_found_in_every_team,
            people::a_session_is_there_until_it_is_ended,
            people::sessions_that_are_over_and_too_many_end_when_one_begins,
            people::another_password_ends_the_other_sessions_and_the_links,
            people::a_link_is_used_once_before_it_runs_out,
            people::a_mailed_link_signs_in_once_beside_the_others,
            people::passwords_are_copied_and_sessions_are_not,
            mail::what_is_open_in_the_conversations_of_an_erased_lead_is_over,
            mail::what_waits_longest_in_review_comes_first,
            mail::since_when_it_is_in_review_is_the_same_however_entries_are_batched,
            mail::what_was_begun_is_told_from_what_was_not,
            mail::a_message_that_is_written_after_its_lead_was_erased_stays_empty,
            mail::what_an_erased_person_wrote_outside_any_conversation_goes_too,
            mail::what_servers_said_of_an_erased_persons_mail_goes_too,
            mail::messages_are_released_once_their_campaign_runs_or_is_over_or_their_lead_is_erased,
            mail::only_reps_who_have_their_leads_still_are_awaited,
            mail::what_is_wrong_with_a_mailbox_is_kept_for_each_direction_since_it_began,
            mail::how_far_a_mailbox_was_read_outlives_a_change_of_its_settings,
            mail::steps_are_counted_as_far_as_they_are_asked_for,
            mail::a_step_is_due_with_its_instant_and_the_subject_before_it,
            mail::a_lead_of_several_campaigns_is_told_for_each_that_asks,
            mail::an_address_of_the_team_is_that_of_a_user_or_a_rep,
            messages::what_may_be_by_somebody_else_ties_nothing_to_a_conversation,
            messages::a_message_is_found_by_its_key_and_its_mailbox,
            messages::the_messages_before_one_are_the_last_of_them,
            messages::a_mail_that_the_lead_has_is_left_to_the_rep,
            random::tables_say_what_the_team_says,
            reading::reports_sum_what_came_to_each_rep,
            reading::what_became_of_conversations_is_counted_by_when_they_began,
            reading::the_lead_that_waits_longest_says_since_when,
            reading::facts_tell_a_lead_with_its_conversation_and_owner,
            reading::the_latest_assignments_come_first,
            reading::reps_are_found_by_name_with_the_leads_that_they_own,
            reading::facts_tell_who_waits_in_order,
            reading::the_conversations_of_a_campaign_are_counted_by_how_they_stand,
            reading::the_leads_of_a_campaign_are_counted_by_who_owns_them,
            reading::those_who_wait_are_counted_with_the_first_of_them,
            reading::a_request_is_remembered_until_it_expires,
            reading::expired_requests_die_out,
            reading::due_teams_come_with_the_longest_due_first,
            reading::the_circle_is_rebuilt_as_it_stood,
            reading::a_batch_is_found_by_its_ledger_number,
            reading::histories_are_read_backwards,
            reading::a_value_that_cannot_be_read_is_named,
            reading::an_entry_of_a_newer_version_is_named,
            verify::a_sound_team_has_no_differences,
            verify::a_team_that_is_not_there_is_not_verified,
            verify::a_rep_changed_behind_the_ledger_is_named,
            verify::a_reps_address_changed_behind_the_ledger_is_named,
            verify::a_member_changed_behind_the_ledger_is_named,
            verify::an_absence_changed_behind_the_ledger_is_named,
            verify::a_campaigns_cursor_changed_behind_the_ledger_is_named,
            verify::a_groups_cursor_changed_behind_the_ledger_is_named,
            verify::an_owner_changed_behind_the_ledger_is_named,
            verify::a_leads_address_changed_behind_the_ledger_is_named,
            verify::a_campaign_changed_behind_the_ledger_is_named,
            verify::an_assignment_changed_behind_the_ledger_is_named,
            verify::an_assignment_that_was_never_decided_is_named,
            verify::a_ledger_entry_changed_behind_its_back_is_named,
            verify::a_ledger_entry_that_is_gone_is_named,
            verify::a_keys_limit_changed_behind_the_ledger_is_named,
            verify::an_erased_person_leaves_no_difference,
            verify::a_value_of_the_wrong_shape_is_named,
            verify::a_team_that_is_gone_is_named_by_its_ledger,
            verify::an_entry_of_a_newer_version_is_told_apart,
            verify::a_team_that_would_be_looked_at_too_late_is_named,
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
