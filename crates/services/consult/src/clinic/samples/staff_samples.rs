//! The sample pages for managers.

use base::{Randomness, Span};
use maud::Markup;
use text::Language;
use ui::Frame;
use web::session::SessionEntry;

use crate::{
    clinic::{
        pages::{
            frame::desk_frame,
            invitation::{self, InvitationPage, InvitationProblem},
            invite::{self, InviteForm, InviteProblem},
            sessions,
            staff::{self, StaffNotice, StaffPage},
            staff_account,
        },
        rules::{invitation::InvitationState, staff_role::StaffRole},
        store::{
            invitation::{Invitation, InvitationId},
            sessions::{SessionOwner, StaffSession},
            staff::{StaffId, StaffMember},
            staff_list::{AccountState, StaffAccount},
        },
    },
    directory, sample_data,
};

fn staff_id(seed: &str) -> StaffId {
    StaffId::new(sample_data::now(), &Randomness::repeatable(seed))
}

/// The frame of a page for a manager.
fn manager_frame(language: Language, path: &str) -> Frame {
    let manager = StaffMember {
        id: staff_id("manager"),
        institution: directory::samples::institutions()[0].code,
        institution_name: "見本さくら内科".to_owned(),
        name: "事務長 見本".to_owned(),
        role: StaffRole::Manager,
    };
    desk_frame(sample_data::frame(language, path, None), Some(&manager))
}

fn sample_account(seed: &str, name: &str, role: StaffRole) -> StaffAccount {
    StaffAccount {
        id: staff_id(seed),
        name: name.to_owned(),
        mail: Some(format!("{seed}@sakura.example.jp")),
        role,
        state: AccountState::Active,
        signed_in_at: Some(sample_data::now().minus(Span::from_hours(2))),
        version: 1,
        has_second_factor: false,
    }
}

fn sample_manager() -> StaffAccount {
    StaffAccount { has_second_factor: true, ..sample_account("manager", "事務長 見本", StaffRole::Manager) }
}

fn former_account() -> StaffAccount {
    StaffAccount {
        state: AccountState::Ended, mail: None, ..sample_account("former", "受付 以前", StaffRole::Desk)
    }
}

fn sample_invitation(seed: &str, name: &str, state: InvitationState) -> Invitation {
    Invitation {
        id: InvitationId::new(sample_data::now(), &Randomness::repeatable(seed)),
        institution: directory::samples::institutions()[0].code,
        institution_name: "見本さくら内科".to_owned(),
        mail: format!("{seed}@sakura.example.jp"),
        name: name.to_owned(),
        role: StaffRole::Doctor,
        state,
        ends: sample_data::now().plus(Span::from_hours(71)),
        version: 1,
    }
}

/// The pages for managers in each of their states.
pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let mut all = list_samples(&manager_frame(language, "/desk/staff"));
    all.extend(account_samples(&manager_frame(language, "/desk/staff/accounts/sample")));
    all.extend(invite_samples(&manager_frame(language, "/desk/staff/invite")));
    all.extend(invitation_samples(language));
    all
}

fn list_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let page = |notice| StaffPage {
        accounts: vec![
            sample_manager(),
            sample_account("doctor", "医師 見本", StaffRole::Doctor),
            StaffAccount { signed_in_at: None, ..sample_account("desk", "受付 見本", StaffRole::Desk) },
            former_account(),
        ],
        invitations: vec![
            sample_invitation("new", "医師 新人", InvitationState::Open),
            sample_invitation("late", "受付 新人", InvitationState::Expired),
        ],
        notice,
    };
    let alone = StaffPage { accounts: vec![sample_manager()], invitations: Vec::new(), notice: None };
    let mut all = vec![
        ("desk/staff".to_owned(), staff::render_staff_page(frame, &page(None))),
        ("desk/staff-alone".to_owned(), staff::render_staff_page(frame, &alone)),
    ];
    all.extend(
        StaffNotice::ALL
            .map(|notice| (format!("desk/staff-said-{notice}"), staff::render_staff_page(frame, &page(Some(notice))))),
    );
    all
}

fn account_samples(frame: &Frame) -> Vec<(String, Markup)> {
    vec![
        ("desk/staff-account".to_owned(), staff_account::render_account_page(frame, &sample_manager())),
        ("desk/staff-account-ended".to_owned(), staff_account::render_account_page(frame, &former_account())),
    ]
}

fn invite_samples(frame: &Frame) -> Vec<(String, Markup)> {
    use InviteProblem::{AlreadyInvited, HasAccount, NoRole, WrongAddress, WrongName};
    let typed = InviteForm {
        name: "医師 新人".to_owned(),
        mail: "new@sakura.example.jp".to_owned(),
        role: StaffRole::Doctor.to_string(),
    };
    let page = |form: &InviteForm, problems: &[InviteProblem]| invite::render_invite_page(frame, form, problems, 72);
    let empty = InviteForm::default();
    vec![
        ("desk/staff-invite".to_owned(), page(&empty, &[])),
        ("desk/staff-invite-incomplete".to_owned(), page(&empty, &[WrongName, WrongAddress, NoRole])),
        ("desk/staff-invite-has-account".to_owned(), page(&typed, &[HasAccount])),
        ("desk/staff-invite-again".to_owned(), page(&typed, &[AlreadyInvited])),
    ]
}

/// Where an account is signed in.
pub(super) fn session_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let session = |name: &str, owner| StaffSession {
        name: name.to_owned(),
        entry: SessionEntry {
            browser: base::digest(&[name.as_bytes()]),
            started_at: sample_data::now(),
            used_on: Some(sample_data::now().japan_date()),
        },
        owner,
    };
    let sessions = [session("own", SessionOwner::ThisBrowser), session("other", SessionOwner::Another)];
    vec![
        ("desk/sessions".to_owned(), sessions::render_staff_sessions_page(frame, &sessions)),
        ("desk/sessions-one".to_owned(), sessions::render_staff_sessions_page(frame, &sessions[..1])),
    ]
}

fn invitation_samples(language: Language) -> Vec<(String, Markup)> {
    let path = "/desk/invitations/sample";
    let frame = desk_frame(sample_data::frame(language, path, None), None);
    let form =
        |problem| InvitationPage::Form(Box::new(sample_invitation("new", "医師 新人", InvitationState::Open)), problem);
    [
        ("desk/invitation", form(InvitationProblem::Nothing)),
        ("desk/invitation-short-password", form(InvitationProblem::ShortPassword)),
        ("desk/invitation-signed-in", InvitationPage::SignedInAs("受付 見本".to_owned())),
        ("desk/invitation-expired", InvitationPage::Expired),
        ("desk/invitation-used", InvitationPage::Accepted),
        ("desk/invitation-withdrawn", InvitationPage::Withdrawn),
        ("desk/invitation-address-taken", InvitationPage::AddressTaken),
    ]
    .into_iter()
    .map(|(name, page)| (name.to_owned(), invitation::render_invitation_page(&frame, &page, path)))
    .collect()
}
