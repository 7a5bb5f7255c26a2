mod confirmation;
mod list;
mod sheet;

pub(crate) use confirmation::add_confirmation_pages;
pub(crate) use list::add_list_pages;
pub(crate) use sheet::{add_appointment_pages, add_home_visit_pages, add_sheet_pages};
