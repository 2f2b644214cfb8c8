//! What can be done to a team, said by index, so that the model needs no ids and a failing walk shrinks well.

use proptest::prelude::*;
use rondo_core::detail::Existing;
use rondo_core::event::{Rotation, WhenOwnerIsOut};

/// One of the things of a kind made so far that suit the act, or [`Pick::ANY`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pick(pub(crate) usize);

impl Pick {
    /// Anything, whether it suits or not.
    pub(crate) const ANY: Self = Self(5);
}

/// Short, so that a failing walk can be read.
impl std::fmt::Debug for Pick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pick({})", self.0)
    }
}

/// A rep named as owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Id(Pick),
    Email(Pick),
    Stranger,
}

/// What becomes of a leaving rep's leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    Unsaid,
    Release,
    Transfer(Pick),
}

/// One step of a walk. Times are hours; those of absences and launches count from now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    AddRep,
    RemoveRep {
        rep: Pick,
        leads: Leads,
    },
    GoOut {
        rep: Pick,
        until: Option<i64>,
    },
    ComeBack {
        rep: Pick,
    },
    AddAbsence {
        rep: Pick,
        from: i64,
        until: Option<i64>,
    },
    ChangeAbsence {
        absence: Pick,
        from: i64,
        until: Option<i64>,
    },
    RemoveAbsence {
        absence: Pick,
    },
    AddGroup {
        name: usize,
        reps: Vec<Pick>,
    },
    RenameGroup {
        group: Pick,
        name: usize,
    },
    RemoveGroup {
        group: Pick,
    },
    AddMember {
        group: Pick,
        rep: Pick,
    },
    RemoveMember {
        group: Pick,
        rep: Pick,
    },
    AddCampaign {
        name: usize,
        group: Option<Pick>,
        rotation: Rotation,
        when_owner_is_out: WhenOwnerIsOut,
    },
    ChangeGroup {
        campaign: Pick,
        group: Option<Pick>,
    },
    ChangeRotation {
        campaign: Pick,
        rotation: Rotation,
    },
    ChangeWhenOut {
        campaign: Pick,
        when_owner_is_out: WhenOwnerIsOut,
    },
    RemoveCampaign {
        campaign: Pick,
    },
    Launch {
        campaign: Pick,
        at: Option<i64>,
    },
    Pause {
        campaign: Pick,
    },
    Resume {
        campaign: Pick,
    },
    Cancel {
        campaign: Pick,
    },
    Duplicate {
        campaign: Pick,
    },
    Import {
        campaign: Option<Pick>,
        leads: Vec<(usize, Option<Named>)>,
        existing: Existing,
    },
    ChangeOwner {
        lead: Pick,
        owner: Option<Named>,
    },
    Erase {
        lead: Pick,
    },
    Qualify {
        campaign: Pick,
        lead: usize,
        owner: Option<Named>,
    },
    QualifyConversation {
        campaign: Pick,
        conversation: Pick,
    },
    Reassign {
        assignment: Pick,
        to: Option<Pick>,
    },
    SetOwnershipFollows {
        on: bool,
    },
    /// Time passes in one go: nothing was looked at in between, as after a restart.
    Jump {
        hours: i64,
    },
    /// Time passes, and whatever falls due on the way is done at its instant.
    Pass {
        hours: i64,
    },
    /// The team is read from its tables again.
    Reload,
}

fn pick() -> impl Strategy<Value = Pick> + Clone {
    (0..6usize).prop_map(Pick)
}

fn named() -> impl Strategy<Value = Named> + Clone {
    prop_oneof![
        3 => pick().prop_map(Named::Id),
        2 => pick().prop_map(Named::Email),
        1 => Just(Named::Stranger),
    ]
}

fn length() -> impl Strategy<Value = Option<i64>> + Clone {
    prop_oneof![3 => (1..9i64).prop_map(Some), 1 => Just(None)]
}

fn leads() -> impl Strategy<Value = Leads> + Clone {
    prop_oneof![1 => Just(Leads::Unsaid), 1 => Just(Leads::Release), 3 => pick().prop_map(Leads::Transfer)]
}

fn rotation() -> impl Strategy<Value = Rotation> + Clone {
    prop_oneof![Just(Rotation::Campaign), Just(Rotation::Group)]
}

fn when_out() -> impl Strategy<Value = WhenOwnerIsOut> + Clone {
    prop_oneof![Just(WhenOwnerIsOut::Owner), Just(WhenOwnerIsOut::RoundRobin)]
}

fn existing() -> impl Strategy<Value = Existing> + Clone {
    prop_oneof![Just(Existing::Fill), Just(Existing::Overwrite), Just(Existing::Skip)]
}

/// Absences of every kind, and time.
pub(crate) fn absences() -> BoxedStrategy<Act> {
    prop_oneof![
        4 => (pick(), length()).prop_map(|(rep, until)| Act::GoOut { rep, until }),
        4 => pick().prop_map(|rep| Act::ComeBack { rep }),
        5 => (pick(), -4..9i64, length()).prop_map(|(rep, from, length)| {
            Act::AddAbsence { rep, from, until: length.map(|hours| from + hours) }
        }),
        2 => (pick(), -4..9i64, length()).prop_map(|(absence, from, length)| {
            Act::ChangeAbsence { absence, from, until: length.map(|hours| from + hours) }
        }),
        2 => pick().prop_map(|absence| Act::RemoveAbsence { absence }),
        1 => (1..6i64).prop_map(|hours| Act::Jump { hours }),
        4 => (1..6i64).prop_map(|hours| Act::Pass { hours }),
    ]
    .boxed()
}

/// Reps and groups.
pub(crate) fn circles() -> BoxedStrategy<Act> {
    prop_oneof![
        2 => Just(Act::AddRep),
        2 => (pick(), leads()).prop_map(|(rep, leads)| Act::RemoveRep { rep, leads }),
        1 => (0..3usize, prop::collection::vec(pick(), 0..4))
            .prop_map(|(name, reps)| Act::AddGroup { name, reps }),
        1 => (pick(), 0..3usize).prop_map(|(group, name)| Act::RenameGroup { group, name }),
        1 => pick().prop_map(|group| Act::RemoveGroup { group }),
        5 => (pick(), pick()).prop_map(|(group, rep)| Act::AddMember { group, rep }),
        5 => (pick(), pick()).prop_map(|(group, rep)| Act::RemoveMember { group, rep }),
    ]
    .boxed()
}

/// The lives of campaigns.
pub(crate) fn campaigns() -> BoxedStrategy<Act> {
    prop_oneof![
        2 => (0..3usize, prop::option::of(pick()), rotation(), when_out()).prop_map(
            |(name, group, rotation, when_owner_is_out)| {
                Act::AddCampaign { name, group, rotation, when_owner_is_out }
            }
        ),
        1 => (pick(), prop::option::of(pick()))
            .prop_map(|(campaign, group)| Act::ChangeGroup { campaign, group }),
        1 => (pick(), rotation())
            .prop_map(|(campaign, rotation)| Act::ChangeRotation { campaign, rotation }),
        1 => (pick(), when_out()).prop_map(|(campaign, when_owner_is_out)| {
            Act::ChangeWhenOut { campaign, when_owner_is_out }
        }),
        1 => pick().prop_map(|campaign| Act::RemoveCampaign { campaign }),
        6 => (pick(), prop_oneof![3 => Just(None), 2 => (-1..7i64).prop_map(Some)])
            .prop_map(|(campaign, at)| Act::Launch { campaign, at }),
        3 => pick().prop_map(|campaign| Act::Pause { campaign }),
        3 => pick().prop_map(|campaign| Act::Resume { campaign }),
        1 => pick().prop_map(|campaign| Act::Cancel { campaign }),
        1 => pick().prop_map(|campaign| Act::Duplicate { campaign }),
    ]
    .boxed()
}

/// Leads that qualify, first or again.
pub(crate) fn qualifications() -> BoxedStrategy<Act> {
    prop_oneof![
        8 => (pick(), 0..16usize, prop::option::weighted(0.2, named()))
            .prop_map(|(campaign, lead, owner)| Act::Qualify { campaign, lead, owner }),
        1 => (pick(), (0..20usize).prop_map(Pick)).prop_map(|(campaign, conversation)| {
            Act::QualifyConversation { campaign, conversation }
        }),
    ]
    .boxed()
}

/// Everything else about leads and their owners.
pub(crate) fn ownership() -> BoxedStrategy<Act> {
    prop_oneof![
        3 => (
            prop::option::weighted(0.8, pick()),
            prop::collection::vec((0..16usize, prop::option::of(named())), 0..4),
            existing(),
        )
            .prop_map(|(campaign, leads, existing)| Act::Import { campaign, leads, existing }),
        2 => ((0..20usize).prop_map(Pick), prop::option::of(named()))
            .prop_map(|(lead, owner)| Act::ChangeOwner { lead, owner }),
        1 => (0..20usize).prop_map(|lead| Act::Erase { lead: Pick(lead) }),
        4 => ((0..20usize).prop_map(Pick), prop::option::of(pick()))
            .prop_map(|(assignment, to)| Act::Reassign { assignment, to }),
        1 => any::<bool>().prop_map(|on| Act::SetOwnershipFollows { on }),
    ]
    .boxed()
}

/// Everything.
pub(crate) fn anything() -> BoxedStrategy<Act> {
    prop_oneof![
        6 => absences(),
        4 => circles(),
        4 => campaigns(),
        9 => qualifications(),
        3 => ownership(),
        1 => Just(Act::Reload),
    ]
    .boxed()
}
