//! The look of all pages: the document around them, the parts they are built of, drawings, icons, styles and scripts.
//!
//! Start at [`Document`]. A page is a function that returns `maud::Markup` built of [`parts`]; both languages stand side by side
//! at the use. Pages are complete without scripts; a part that is better with one brings it along by itself.
//! Nothing here writes a `style` attribute or a script into a page: the content security policy of all rooms forbids both.

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
mod foreign;
mod form;
pub mod gallery;
pub mod icon;
mod keypad;
mod layout;
mod list;
mod notice;
mod number;
mod progress;
mod table;
mod upload;

#[cfg(test)]
mod tests;

pub use assets::{Asset, Mark, Script, asset_path, assets};
pub use document::{Document, document, document_without_heading};

/// What pages are built of. Texts are given in the page's language; everything is escaped.
pub mod parts {
    pub use super::button::{
        ButtonLook, back_link, buttons, choice_button, danger_button, external_link, primary_button,
        primary_button_of_form, primary_link, primary_link_in_new_tab, quiet_button, quiet_link, secondary_button,
        secondary_link,
    };
    pub use super::choice::{
        Agreement, Choice, ChoiceGroup, ChoicePair, Select, Ticked, agree_to_all_button, checkbox,
    };
    pub use super::field::{DateField, Field, Input, Width};
    pub use super::form::{
        Problem, error_summary, field_row, form, form_with_id, hidden, post_button, search_form, upload_form,
    };
    pub use super::keypad::PinEntry;
    pub use super::layout::{
        blank, bottom_bar, boxes, card_list, columns, disclosure, link_card, numbered, panel, plain_panel,
        print_button, print_sheet, section,
    };
    pub use super::list::{
        DayContent, DayEntry, TimeEntry, breadcrumbs, days, description_list, pagination, tabs, times,
    };
    pub use super::notice::{BadgeTone, Tone, badge, empty_state, error_code, insured_badge, notice};
    pub use super::number::{big_digits, carried_digits, copyable, key_number, qr, qr_in_sight};
    pub use super::progress::{
        Poll, Progress, ReceptionStep, Stop, VisitStage, reception_steps, steps, timeline, visit_timeline, waiting,
    };
    pub use super::table::{Column, Table};
    pub use super::upload::{FileSlot, LARGEST_PICTURE, Side};
}
