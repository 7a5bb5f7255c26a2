//! The components of all pages: the document, its parts, drawings, icons, styles and scripts.
//!
//! Start at [`Document`]. A page is a function that returns `maud::Markup` built of [`components`]; both languages are given at
//! the use. Pages are complete without scripts; a component that is enhanced by one includes it automatically.
//! Nothing here writes a `style` attribute or an inline script: the content security policy of all services forbids both.

#![expect(
    clippy::needless_pass_by_value,
    reason = "parts are nested in parts: markup is handed over where it is written"
)]

mod assets;
mod button;
mod choice;
mod document;
pub mod drawing;
mod field;
mod form;
mod frame;
#[cfg(any(test, feature = "samples"))]
pub mod gallery;
pub mod icon;
mod japanese_text;
mod keypad;
mod layout;
mod list;
mod notice;
mod number;
mod progress;
mod qr_code;
mod table;
mod texts;
mod upload;

#[cfg(test)]
mod tests;

pub use assets::{Asset, Favicon, Script, asset_path, assets};
pub use document::{Document, document};
pub use frame::{Footer, FooterLink, Frame, MenuEntry, SignedInUser, Theme, header_name};
pub use qr_code::{QUIET_ZONE, QrCode};

/// The components of pages. Texts are given in the page's language; everything is escaped.
pub mod components {
    pub use super::button::{
        ButtonStyle, back_link, buttons, choice_button, danger_button, external_link, primary_button, primary_link,
        primary_link_in_new_tab, quiet_button, quiet_link, secondary_button, secondary_link,
    };
    pub use super::choice::{
        Agreement, CheckState, Choice, ChoiceGroup, ChoicePair, Select, agree_to_all_button, checkbox,
    };
    pub use super::field::{DateField, Field, Input, Width};
    pub use super::form::{
        Problem, error_summary, field_row, form, hidden_field, post_button, search_form, upload_form,
    };
    pub use super::keypad::PinEntry;
    pub use super::layout::{
        blank_line, bottom_bar, card_list, columns, disclosure, link_card, numbered_list, panel, paper_checkboxes,
        plain_panel, print_button, print_sheet, section,
    };
    pub use super::list::{
        DayContent, DayEntry, TimeEntry, breadcrumbs, day_list, description_list, pagination, tabs, time_buttons,
    };
    pub use super::notice::{BadgeTone, Tone, badge, empty_state, error_code, insured_badge, notice};
    pub use super::number::{big_digits, copyable_digits, copyable_text, key_number, lazy_qr, qr};
    pub use super::progress::{
        Poll, Progress, ReceptionStep, TimelineEntry, VisitStage, reception_steps, steps, timeline, visit_timeline,
        waiting_panel,
    };
    pub use super::table::{Column, Table};
    pub use super::upload::{FileSlot, LARGEST_PICTURE, Side};
}
