//! The sample pages for managers.

use base::{Randomness, Span};
use maud::Markup;
use text::Language;
use ui::Frame;

use crate::{
    clinic::{
        pages::{frame::desk_frame, staff},
        rules::staff_role::StaffRole,
        store::{
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
        mail: format!("{seed}@sakura.example.jp"),
        role,
        state: AccountState::Active,
        signed_in_at: Some(sample_data::now().minus(Span::from_hours(2))),
    }
}

/// The pages for managers in each of their states.
pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = manager_frame(language, "/desk/staff");
    let manager = || sample_account("manager", "事務長 見本", StaffRole::Manager);
    let accounts = [
        manager(),
        sample_account("doctor", "医師 見本", StaffRole::Doctor),
        StaffAccount { signed_in_at: None, ..sample_account("desk", "受付 見本", StaffRole::Desk) },
        StaffAccount { state: AccountState::Ended, ..sample_account("former", "受付 以前", StaffRole::Desk) },
    ];
    vec![
        ("desk/staff".to_owned(), staff::render_staff_page(&frame, &accounts)),
        ("desk/staff-alone".to_owned(), staff::render_staff_page(&frame, &[manager()])),
    ]
}
