//! One story for each numbered rule, and one for each case that a rule is about. The language is that of `script.rs`.

use crate::script::check;

// R1
#[test]
fn a_rep_who_is_added_again_stands_last() {
    check(
        "reps ann bo cy
        group emea ann bo cy
        part ann emea
        join ann emea
        circle emea -> bo cy ann
        join bo emea
        circle emea -> bo cy ann
        circle everybody -> ann bo cy",
    );
}

// R2
#[test]
fn each_campaign_has_its_own_cursor() {
    check(
        "reps ann bo
        campaign spring
        campaign autumn
        launch spring
        launch autumn
        lead lia in spring -> ann by turn
        lead leo in autumn -> ann by turn
        lead lou in spring -> bo by turn",
    );
}

// R2
#[test]
fn campaigns_that_share_a_cursor_take_turns_from_one_circle() {
    check(
        "reps ann bo cy
        campaign spring shared
        campaign summer
        campaign autumn
        share autumn
        launch spring
        launch summer
        launch autumn
        lead lia in spring -> ann by turn
        lead leo in autumn -> bo by turn
        lead liv in summer -> ann by turn
        lead lou in spring -> cy by turn
        share spring
        share summer -> refused: campaign-started",
    );
}

// R2
#[test]
fn whoever_launches_a_second_campaign_that_goes_round_by_itself_is_told() {
    check(
        "reps ann bo
        group emea ann bo
        group apac ann
        campaign spring on emea
        launch spring
        campaign summer on apac
        launch summer
        campaign autumn on emea
        launch autumn at 3 -> warning rotation-per-campaign
        launch autumn -> warning rotation-per-campaign
        campaign winter on emea shared
        launch winter
        cancel spring
        cancel autumn
        campaign second on emea
        launch second",
    );
}

// R3
#[test]
fn a_lead_goes_to_the_first_available_member_after_the_cursor() {
    check(
        "reps ann bo cy
        campaign spring
        launch spring
        out bo until 9
        lead lia in spring -> ann by turn
        lead leo in spring -> cy by turn; over bo (out until 9)
        lead lou in spring -> ann by turn",
    );
}

// R4
#[test]
fn a_returning_rep_waits_for_their_turn() {
    check(
        "reps ann bo cy
        campaign spring
        launch spring
        out ann
        lead l1 in spring -> bo by turn; over ann (out)
        lead l2 in spring -> cy by turn
        lead l3 in spring -> bo by turn; over ann (out)
        back ann
        lead l4 in spring -> cy by turn
        lead l5 in spring -> ann by turn
        lead l6 in spring -> bo by turn",
    );
}

// R4
#[test]
fn a_new_rep_makes_up_for_nothing() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        lead l1 in spring -> ann by turn
        add cy
        lead l2 in spring -> bo by turn
        lead l3 in spring -> cy by turn
        lead l4 in spring -> ann by turn",
    );
}

// R5
#[test]
fn the_next_turn_comes_after_the_place_of_somebody_who_is_gone() {
    check(
        "reps ann bo cy dee
        group emea ann bo cy
        campaign spring on emea
        launch spring
        lead l1 in spring -> ann by turn
        lead l2 in spring -> bo by turn
        part bo emea
        join dee emea
        next spring -> cy dee ann cy
        join bo emea
        next spring -> cy dee bo ann
        part ann emea
        lead l3 in spring -> cy by turn
        lead l4 in spring -> dee by turn
        lead l5 in spring -> bo by turn",
    );
}

// R6
#[test]
fn a_lead_goes_to_its_owner_and_the_cursor_stays() {
    check(
        "reps ann bo cy
        campaign spring
        launch spring
        out cy
        lead l1 in spring owner cy -> cy as owner
        lead l2 in spring -> ann by turn
        import l3 in spring owner ann
        lead l3 in spring owner bo -> bo as owner
        lead l4 in spring -> bo by turn",
    );
}

// R6
#[test]
fn an_owner_who_is_out_is_passed_over_where_the_campaign_says_so() {
    check(
        "reps ann bo
        campaign spring round-robin
        launch spring
        out bo until 4
        lead l1 in spring owner bo -> ann by turn; for the owner bo (out until 4)
        owner l1 -> bo (pre-assigned)
        at 4
        lead l2 in spring owner bo -> bo as owner",
    );
}

// R6
#[test]
fn an_owner_from_elsewhere_is_dropped_with_a_warning() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        import l1 in spring owner mallory -> warning unknown-owner
        lead l1 in spring -> ann by turn
        lead l2 in spring owner bo
        leave bo release
        lead l3 in spring owner bo -> ann by turn; warning unknown-owner",
    );
}

// R7
#[test]
fn a_second_report_answers_with_the_assignment_that_stands() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        lead l1 in spring -> ann by turn
        lead l1 in spring -> stands with ann
        pause spring
        lead l1 in spring -> stands with ann
        cancel spring
        leave ann release
        lead l1 in spring -> stands with ann",
    );
}

// R8
#[test]
fn the_next_conversation_goes_to_the_rep_who_had_the_first() {
    check(
        "reps ann bo
        campaign spring
        campaign autumn
        launch spring
        launch autumn
        lead l0 in spring -> ann by turn
        lead l1 in spring -> bo by turn
        owner l1 -> bo (routed)
        lead l1 in autumn -> bo as owner",
    );
}

// R8
#[test]
fn a_routed_owner_counts_only_while_available() {
    check(
        "reps ann bo
        campaign spring
        campaign autumn
        launch spring
        launch autumn
        lead l1 in spring -> ann by turn
        out ann
        lead l1 in autumn -> bo by turn; over ann (out)
        owner l1 -> bo (routed)",
    );
}

// R8
#[test]
fn ownership_follows_a_reassignment_and_can_be_switched_off() {
    check(
        "reps ann bo
        campaign spring
        campaign autumn
        launch spring
        launch autumn
        lead l1 in spring -> ann by turn
        pass l1 in spring to bo -> bo by hand
        lead l1 in autumn -> bo as owner
        ownership off
        lead l2 in spring -> bo by turn
        owner l2 -> nobody",
    );
}

// R8 R9
#[test]
fn a_lead_that_waits_in_two_campaigns_goes_to_one_rep() {
    check(
        "reps ann bo
        absence ann 1..3
        absence bo 1..3
        campaign spring shared
        campaign autumn shared
        launch spring
        launch autumn
        at 1
        lead l1 in spring -> waits at 1
        lead l1 in autumn -> waits at 2
        at 3 -> ann is back; bo is back; then l1 to ann by turn; then l1 to ann as owner",
    );
}

// R9
#[test]
fn leads_wait_in_order_until_somebody_returns() {
    check(
        "reps ann bo
        absence ann 1..5
        absence bo 1..3
        campaign spring
        launch spring -> warning future-gap
        at 1
        lead l1 in spring -> waits at 1
        lead l2 in spring -> waits at 2
        lead l3 in spring owner bo -> bo as owner
        lead l1 in spring -> waits at 1
        status spring -> running; 2 wait
        at 3 -> bo is back; then l1 to bo by turn; over ann (out until 5); then l2 to bo by turn; over ann (out until 5)
        status spring -> running",
    );
}

// R9
#[test]
fn a_new_member_gets_the_leads_that_wait() {
    check(
        "reps ann bo
        group emea ann
        absence ann 1..5
        campaign spring on emea
        launch spring
        at 1
        lead l1 in spring -> waits at 1
        join bo emea -> then l1 to bo by turn; over ann (out until 5)",
    );
}

// R6 R9
#[test]
fn a_lead_that_waits_and_is_reported_again_goes_to_the_owner_who_is_named() {
    check(
        "reps ann bo
        group emea ann
        absence ann 1..5
        campaign spring on emea
        launch spring
        at 1
        lead l1 in spring -> waits at 1
        lead l2 in spring -> waits at 2
        lead l2 in spring owner nobody -> waits at 2; warning unknown-owner
        lead l2 in spring owner bo -> waits at 2; then l2 to bo as owner
        lead l2 in spring owner ann -> stands with bo
        pause spring
        lead l1 in spring owner bo -> waits at 1
        lead l1 in spring owner bo -> waits at 1
        resume spring -> then l1 to bo as owner",
    );
}

// R9
#[test]
fn a_lead_that_waits_goes_to_the_owner_it_is_given() {
    check(
        "reps ann bo
        group emea ann
        absence ann 1..5
        campaign spring on emea
        launch spring
        at 1
        lead l1 in spring -> waits at 1
        lead l2 in spring -> waits at 2
        import l2 in spring owner bo -> then l2 to bo as owner",
    );
}

// R9
#[test]
fn leads_that_wait_when_a_campaign_is_cancelled_are_not_assigned() {
    check(
        "reps ann
        absence ann 1..5
        campaign spring
        launch spring
        at 1
        lead l1 in spring -> waits at 1
        cancel spring
        at 5 -> ann is back
        lead l1 in spring -> refused: wrong-status",
    );
}

// R10
#[test]
fn a_lead_passed_to_the_next_rep_takes_a_turn_and_one_passed_by_name_does_not() {
    check(
        "reps ann bo cy
        campaign spring
        launch spring
        lead l1 in spring -> ann by turn
        pass l1 in spring to cy -> cy by hand
        next spring -> bo cy ann bo
        pass l1 in spring to next -> bo by turn
        pass l1 in spring to next -> cy by turn
        lead l2 in spring -> ann by turn
        lead l3 in spring -> bo by turn
        pass l2 in spring to next -> cy by turn
        pass l2 in spring to next -> ann by turn",
    );
}

// R10
#[test]
fn the_rep_who_has_a_lead_is_passed_over_when_it_is_passed_on() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        lead l1 in spring -> ann by turn
        lead l2 in spring -> bo by turn
        pass l1 in spring to next -> bo by turn; over ann (had this lead)
        out ann
        pass l1 in spring to next -> refused: nobody-available",
    );
}

// R11
#[test]
fn an_assignment_names_the_first_twenty_who_were_passed_over() {
    check(
        "reps ann
        reps b01 b02 b03 b04 b05 b06 b07 b08 b09 b10 b11 b12 b13 b14 b15 b16 b17 b18 b19 b20 b21
        group few b01 b02 ann
        campaign spring on few
        launch spring
        out b02
        lead l0 in spring -> b01 by turn
        out b01 until 3
        lead l1 in spring -> ann by turn; over b02 (out)
        lead l2 in spring -> ann by turn; over b01 (out until 3), b02 (out)",
    );
}

// O1
#[test]
fn an_absence_counts_from_its_first_instant_until_its_last() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        absence ann 2..4
        lead l1 in spring -> ann by turn
        at 2
        next spring -> bo bo bo bo
        at 4 -> ann is back
        next spring -> bo ann bo ann",
    );
}

// O2
#[test]
fn switching_off_ends_what_covers_now_and_leaves_what_is_to_come() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        absence ann 0..9
        absence ann 12..15
        out ann until 5
        at 1
        back ann
        next spring -> ann bo ann bo
        at 12
        next spring -> bo bo bo bo",
    );
}

// O3
#[test]
fn the_last_available_rep_of_an_active_campaign_stays() {
    check(
        "reps ann bo cy
        group emea ann bo
        campaign spring on emea
        out ann
        out bo until 5 -> refused: last-available-rep, spring emea 0..5
        part bo emea -> refused: last-available-rep, spring emea 0..
        leave bo -> refused: last-available-rep, spring emea 0..
        part ann emea
        out cy",
    );
}

// O3
#[test]
fn somebody_of_the_team_stays_while_any_campaign_is_active() {
    check(
        "reps ann bo
        group emea ann bo
        campaign spring on emea
        out ann until 4
        absence bo 2..3 -> refused: last-available-rep, spring emea 2..3
        cancel spring
        absence bo 2..3
        campaign autumn on emea -> warning future-gap
        move bo 2..3 to 3..6 -> refused: last-available-rep, autumn emea 3..4",
    );
}

// O4
#[test]
fn a_refusal_names_the_gaps_and_the_latest_return_that_would_do() {
    check(
        "reps ann bo
        campaign spring
        absence bo 3..5
        absence bo 8..9
        out ann -> refused: last-available-rep, spring everybody 3..5 8..9; latest 3
        out ann until 4 -> refused: last-available-rep, spring everybody 3..4
        out ann until 3",
    );
}

// O4
#[test]
fn somebody_who_is_away_already_is_told_the_latest_return_as_well() {
    check(
        "reps ann bo
        campaign spring
        absence bo 6..7
        out ann until 6
        absence ann 2.. -> refused: last-available-rep, spring everybody 6..7; latest 6
        absence ann 6.. -> refused: last-available-rep, spring everybody 6..7
        absence ann 2..6",
    );
}

// O5
#[test]
fn of_the_last_two_who_leave_at_once_exactly_one_succeeds() {
    check(
        "reps ann bo
        campaign spring
        out bo
        out ann -> refused: last-available-rep, spring everybody 0..",
    );
}

// O6
#[test]
fn a_group_that_no_active_campaign_uses_may_be_away() {
    check(
        "reps ann bo cy
        group emea ann bo
        campaign spring on emea
        campaign autumn
        cancel spring
        out ann
        out bo
        out cy -> refused: last-available-rep, autumn everybody 0..
        cancel autumn
        out cy",
    );
}

// O7
#[test]
fn an_assignment_stays_when_its_rep_goes_out_of_office() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        lead l1 in spring -> ann by turn
        out ann
        lead l1 in spring -> stands with ann
        owner l1 -> ann (routed)",
    );
}

// G1
#[test]
fn a_group_holds_somebody_and_a_name_of_its_own() {
    check(
        "reps ann bo
        group emea -> refused: group-needs-a-rep
        group emea ann
        group EMEA bo -> refused: name-taken
        group apac bo
        rename apac to Emea -> refused: name-taken
        part ann emea -> refused: group-needs-a-rep; emea
        delete emea
        rename apac to emea",
    );
}

// G2
#[test]
fn the_default_group_follows_the_team_and_cannot_be_edited() {
    check(
        "circle everybody ->
        reps ann bo
        circle everybody -> ann bo
        rename everybody to all -> refused: default-group-is-fixed
        part ann everybody -> refused: default-group-is-fixed
        delete everybody -> refused: default-group-is-fixed
        leave ann
        circle everybody -> bo",
    );
}

// G3
#[test]
fn a_group_in_use_cannot_be_deleted() {
    check(
        "reps ann bo
        group emea ann
        campaign spring on emea
        delete emea -> refused: group-in-use; spring
        cancel spring
        delete emea
        circle everybody -> ann bo",
    );
}

// G4
#[test]
fn leads_stay_with_a_rep_who_leaves_the_group() {
    check(
        "reps ann bo
        group emea ann bo
        campaign spring on emea
        launch spring
        lead l1 in spring -> ann by turn
        part ann emea
        lead l1 in spring -> stands with ann
        owner l1 -> ann (routed)
        lead l2 in spring -> bo by turn
        lead l3 in spring -> bo by turn",
    );
}

// G5
#[test]
fn a_rep_leaves_after_their_groups_their_cover_and_their_leads() {
    check(
        "reps ann bo
        group emea ann
        campaign spring
        launch spring
        lead l1 in spring -> ann by turn
        out bo
        leave ann -> refused: group-needs-a-rep; emea
        delete emea
        leave ann -> refused: last-available-rep, spring everybody 0..
        back bo
        leave ann -> refused: rep-owns-leads; 1
        leave ann to bo
        owner l1 -> bo (routed)
        circle everybody -> bo",
    );
}

// G5
#[test]
fn leads_pass_from_successor_to_successor() {
    check(
        "reps ann bo cy
        campaign spring
        campaign autumn
        launch spring
        launch autumn
        lead l1 in spring owner ann -> ann as owner
        leave ann to bo
        leave bo to cy
        owner l1 -> cy (pre-assigned)
        lead l1 in autumn -> cy as heir",
    );
}

// C1
#[test]
fn a_campaign_goes_from_draft_to_running_and_never_back_from_cancelled() {
    check(
        "reps ann
        campaign spring
        status spring -> draft
        pause spring -> refused: wrong-status
        resume spring -> refused: wrong-status
        launch spring at 3
        status spring -> scheduled
        at 3 -> spring launches
        status spring -> running
        launch spring -> refused: wrong-status
        pause spring
        status spring -> paused
        resume spring
        cancel spring
        status spring -> cancelled
        launch spring -> refused: wrong-status
        resume spring -> refused: wrong-status",
    );
}

// C2
#[test]
fn only_a_draft_is_deleted_outright() {
    check(
        "reps ann
        campaign spring
        campaign autumn
        launch autumn
        out ann -> refused: last-available-rep, spring everybody 0.., autumn everybody 0..
        delete autumn -> refused: wrong-status
        cancel autumn
        delete spring
        out ann",
    );
}

// C3
#[test]
fn a_campaign_without_a_group_uses_the_default_group() {
    check(
        "reps ann bo
        group emea bo
        campaign spring
        next spring -> ann bo ann bo",
    );
}

// C4
#[test]
fn a_launch_needs_somebody_at_its_instant() {
    check(
        "reps ann bo
        absence bo 1..6
        absence ann 2..4
        campaign spring -> warning future-gap
        launch spring at 3 -> refused: nobody-available
        launch spring at 5 -> warning future-gap
        at 2
        campaign summer -> warning nobody-available
        launch summer -> refused: nobody-available",
    );
}

// C4
#[test]
fn a_scheduled_campaign_launches_as_soon_as_somebody_is_there() {
    check(
        "reps ann bo
        group emea ann
        group apac bo
        absence bo 2..7
        campaign spring on emea
        launch spring at 5
        regroup spring to apac -> warning future-gap
        at 5
        status spring -> scheduled; warning nobody-available
        back bo -> spring launches",
    );
}

// C4 O1
#[test]
fn a_launch_is_decided_as_of_its_own_instant_however_late_the_clock_is_looked_at() {
    check(
        "reps ann bo
        group emea ann
        group apac bo
        absence ann 6..9
        absence bo 2..6
        absence bo 7..9
        campaign spring on emea -> warning future-gap
        campaign summer on apac -> warning future-gap
        launch spring at 5 -> warning future-gap
        launch summer at 6 -> warning future-gap
        at 8 -> spring launches; summer launches
        status spring -> running",
    );
}

// C5
#[test]
fn a_started_campaign_keeps_its_group() {
    check(
        "reps ann bo
        group emea ann
        group apac bo
        campaign spring on emea
        regroup spring to apac
        launch spring at 3
        regroup spring to emea
        at 3 -> spring launches
        regroup spring to apac -> refused: campaign-started
        join bo emea
        lead l1 in spring -> ann by turn
        pause spring
        regroup spring to apac -> refused: campaign-started",
    );
}

// C6
#[test]
fn a_duplicate_is_a_fresh_draft() {
    check(
        "reps ann bo
        group emea ann bo
        campaign spring on emea
        launch spring
        lead l1 in spring -> ann by turn
        duplicate spring -> spring (copy) on emea
        duplicate spring -> spring (copy 2) on emea
        next spring -> bo ann bo ann
        cancel spring",
    );
}

// C6
#[test]
fn a_duplicate_of_a_campaign_whose_group_is_gone_uses_the_default_group() {
    check(
        "reps ann bo
        group emea ann
        campaign spring on emea
        cancel spring
        delete emea
        duplicate spring -> spring (copy) on everybody",
    );
}

// C7
#[test]
fn what_is_qualified_during_a_pause_is_assigned_in_order_afterwards() {
    check(
        "reps ann bo
        campaign spring
        launch spring
        pause spring
        lead l1 in spring -> waits at 1
        lead l2 in spring owner bo -> waits at 2
        lead l1 in spring -> waits at 1
        lead l3 in spring -> waits at 3
        status spring -> paused; 3 wait
        resume spring -> then l1 to ann by turn; then l2 to bo as owner; then l3 to bo by turn",
    );
}

// C7 R9
#[test]
fn a_campaign_that_does_not_run_takes_no_qualification() {
    check(
        "reps ann
        campaign spring
        lead l1 in spring -> refused: wrong-status
        launch spring at 3
        lead l1 in spring -> refused: wrong-status
        launch spring
        pause spring
        lead l1 in spring -> waits at 1
        cancel spring
        status spring -> cancelled
        lead l1 in spring -> refused: wrong-status",
    );
}
