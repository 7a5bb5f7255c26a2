//! The sample pages about relatives.

use maud::Markup;
use text::Language;

use super::{
    pages::{
        FamilyInvitationPage, FamilyInvitePage, FamilyInviteProblem, FamilyPage, ListedRelative, RelativePage,
        SentNotice, render_family_page, render_invitation_page, render_invite_page, render_relative_page,
    },
    rules::{FamilyInvitationState, NewRelative},
    store::{FamilyInvitation, OtherAccount},
};
use crate::{
    people::rules::{
        account::{ActsFor, Relationship},
        patient::ProfileInput,
    },
    sample_data,
};

fn list_samples(language: Language) -> Vec<(String, Markup)> {
    let frame = sample_data::frame(language, "/profile/family", Some(&sample_data::family_account()));
    let today = sample_data::now().japan_date();
    let father = OtherAccount { masked_address: "t***@example.jp".to_owned() };
    let child = ListedRelative {
        acts_for: ActsFor { patient: sample_data::child(), relationship: Relationship::Child },
        others: vec![father],
    };
    let full = FamilyPage { relatives: vec![child], today, sent: None };
    let empty = FamilyPage { relatives: Vec::new(), today, sent: None };
    vec![
        ("family/list".to_owned(), render_family_page(&frame, &full)),
        ("family/empty".to_owned(), render_family_page(&frame, &empty)),
        ("family/invited".to_owned(), render_family_page(&frame, &FamilyPage { sent: Some(SentNotice), ..full })),
    ]
}

fn relative_samples(language: Language) -> Vec<(String, Markup)> {
    let frame = |path: &str| sample_data::frame(language, path, Some(&sample_data::family_account()));
    let today = sample_data::now().japan_date();
    let new = |relationship: &str, input: ProfileInput| RelativePage {
        changed: None,
        relationship: relationship.to_owned(),
        birth_date: input.parse_birth_date(today),
        input,
        problems: Vec::new(),
        today,
        onward: "/profile/family".to_owned(),
        limit: None,
    };
    let child = sample_data::child();
    let input = child.profile.as_ref().map(crate::people::rules::patient::Profile::to_input).unwrap_or_default();
    let empty = ProfileInput { phone: input.phone.clone(), ..ProfileInput::default() };
    let problems = NewRelative::from_input("", &empty, today).err().unwrap_or_default();
    let with_problems = RelativePage { problems, ..new("", empty.clone()) };
    let full = RelativePage { limit: Some(10), ..new("child", input.clone()) };
    let changed = RelativePage { changed: Some(child.id), ..new("child", input) };
    let page = |view: &RelativePage| render_relative_page(&frame("/profile/family/new"), view);
    vec![
        ("family/new".to_owned(), page(&new("", empty))),
        ("family/new-problems".to_owned(), page(&with_problems)),
        ("family/new-too-many".to_owned(), page(&full)),
        ("family/change".to_owned(), page(&changed)),
    ]
}

fn invitation_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::family_account();
    let frame = sample_data::frame(language, "/profile/family", Some(&account));
    let child = sample_data::child();
    let invite = |mail: &str, problems| FamilyInvitePage {
        patient: child.id,
        name: "見本 小春".to_owned(),
        mail: mail.to_owned(),
        relationship: "child".to_owned(),
        problems,
        hours: 72,
    };
    let wrong = vec![FamilyInviteProblem::WrongAddress];
    let limited = vec![FamilyInviteProblem::TooManyLetters];
    let invitation = FamilyInvitation::for_samples(
        child.id,
        sample_data::child().profile,
        (Relationship::Child, FamilyInvitationState::Open),
        sample_data::visit_start(),
    );
    let opened = |page: &FamilyInvitationPage| render_invitation_page(&frame, page, "/family-invitations/sample");
    vec![
        ("family/invite".to_owned(), render_invite_page(&frame, &invite("", Vec::new()))),
        ("family/invite-problems".to_owned(), render_invite_page(&frame, &invite("taro", wrong))),
        ("family/invite-limited".to_owned(), render_invite_page(&frame, &invite("taro@example.jp", limited))),
        ("family/invitation".to_owned(), opened(&FamilyInvitationPage::Open(Box::new(invitation)))),
        ("family/invitation-accepted".to_owned(), opened(&FamilyInvitationPage::Accepted)),
        ("family/invitation-expired".to_owned(), opened(&FamilyInvitationPage::Expired)),
        (
            "family/invitation-other".to_owned(),
            opened(&FamilyInvitationPage::NotForAddress("hanako@example.jp".to_owned())),
        ),
    ]
}

/// The pages in each of their states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    [list_samples(language), relative_samples(language), invitation_samples(language)].concat()
}
