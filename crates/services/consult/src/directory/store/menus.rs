//! The rows of menus.

use std::collections::HashMap;

use base::InstitutionCode;
use database::{Error, Row, Transaction};
use text::{Language, Text};

use crate::{
    directory::rules::institution::{
        CancellationTerms, Menu, MenuAudience, MenuRules, OfferedMenu, VisitMedium, VisitMediumKind,
    },
    practitioners::rules::practitioner::PractitionerId,
    schedule::{
        rules::slot::BookingWindow,
        store::schedule::{InstitutionChunk, in_chunk},
    },
};

/// The columns of a [`VisitMedium`]: its kind and the clinic's words.
type MediumColumns = (VisitMediumKind, Option<String>, Option<String>);

/// The medium as it is stored, in a menu and in an appointment.
pub(crate) fn medium_columns(medium: &VisitMedium) -> MediumColumns {
    let words = |language| medium.description().map(|words| words.in_language(language).to_owned());
    (medium.kind(), words(Language::Japanese), words(Language::English))
}

/// The medium of columns of a row that begin at this one.
pub(crate) fn read_medium(row: &Row<'_>, column: usize) -> Result<VisitMedium, Error> {
    let words: Option<String> = row.get(column + 1)?;
    let english: Option<String> = row.get(column + 2)?;
    let words = words.unwrap_or_default();
    let words = Text::from_strings(words.clone(), english.unwrap_or(words));
    Ok(VisitMedium::from_parts(row.get(column)?, words))
}

pub(crate) fn withdraw_menus(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<(), Error> {
    transaction.execute("UPDATE menu SET offered = 0 WHERE institution = $1", &[&code]).map(|_| ())
}

/// Adds or changes a menu, with the doctors who take its visits: none for all.
pub(crate) fn save_menu(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    (menu, rules): (&Menu, &MenuRules),
    practitioners: &[PractitionerId],
) -> Result<(), Error> {
    let (medium, medium_words, medium_words_english) = medium_columns(&menu.medium);
    transaction.execute(
        "INSERT INTO menu (institution, number, charge, name, name_english, minutes, fee, fee_english, system_fee, offered,
            buffer_minutes, audience, notice_minutes, horizon_days, daily_capacity, cancel_minutes, cancel_fee, medium,
            medium_words, medium_words_english, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)
         ON CONFLICT (institution, number) DO UPDATE SET charge = $3, name = $4, name_english = $5, minutes = $6, fee = $7,
            fee_english = $8, system_fee = $9, offered = 1, buffer_minutes = $10, audience = $11, notice_minutes = $12,
            horizon_days = $13, daily_capacity = $14, cancel_minutes = $15, cancel_fee = $16, medium = $17,
            medium_words = $18, medium_words_english = $19, version = menu.version + 1",
        &[
            &code,
            &menu.number,
            &menu.charge,
            &menu.name,
            &menu.name_english,
            &menu.minutes,
            &menu.fee,
            &menu.fee_english,
            &menu.system_fee,
            &menu.buffer_minutes,
            &rules.audience,
            &rules.window.notice_minutes,
            &rules.window.horizon_days,
            &rules.daily_capacity,
            &menu.cancellation.limit_minutes,
            &menu.cancellation.fee,
            &medium,
            &medium_words,
            &medium_words_english,
        ],
    )?;
    transaction
        .execute("DELETE FROM menu_practitioner WHERE institution = $1 AND menu = $2", &[&code, &menu.number])?;
    for practitioner in practitioners {
        transaction.execute(
            "INSERT INTO menu_practitioner (institution, menu, practitioner) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&code, &menu.number, practitioner],
        )?;
    }
    Ok(())
}

/// The number that the next menu of an institution gets.
pub(crate) fn next_number(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<u32, Error> {
    transaction
        .fetch_one("SELECT COALESCE(MAX(number), 0) + 1 FROM menu WHERE institution = $1", &[&code], |row| row.get(0))
}

/// The version of a menu, if there is such a menu.
pub(crate) fn find_version(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    number: u32,
) -> Result<Option<i64>, Error> {
    transaction.fetch_optional(
        "SELECT version FROM menu WHERE institution = $1 AND number = $2",
        &[&code, &number],
        |row| row.get(0),
    )
}

/// Numbers and names of the menus that are no longer offered.
pub(crate) fn list_withdrawn_menus(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<Vec<(u32, String)>, Error> {
    transaction.fetch_all(
        "SELECT number, name FROM menu WHERE institution = $1 AND offered = 0 ORDER BY number",
        &[&code],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The menus that patients can book, by number.
pub(crate) fn load_menus_for_patients(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<Vec<OfferedMenu>, Error> {
    Ok(list_menus_for_patients(transaction, &[code])?.into_iter().map(|(_, offered)| offered).collect())
}

/// The menus of some institutions that patients can book, by number.
pub(crate) fn list_menus_for_patients(
    transaction: &mut Transaction<'_>,
    codes: &[InstitutionCode],
) -> Result<Vec<(InstitutionCode, OfferedMenu)>, Error> {
    let mut menus = Vec::new();
    for chunk in InstitutionChunk::divide(codes) {
        menus.extend(load_chunk(transaction, &chunk)?);
    }
    menus.retain(|(_, offered)| offered.rules.audience == MenuAudience::Patients);
    Ok(menus)
}

fn load_chunk(
    transaction: &mut Transaction<'_>,
    chunk: &InstitutionChunk,
) -> Result<Vec<(InstitutionCode, OfferedMenu)>, Error> {
    let mut menus = transaction.fetch_all(
        in_chunk!(
            "SELECT institution, number, charge, name, name_english, minutes, buffer_minutes, fee, fee_english, system_fee,
                cancel_minutes, cancel_fee, medium, medium_words, medium_words_english, audience, notice_minutes,
                horizon_days, daily_capacity, version
             FROM menu WHERE offered = 1 AND institution",
            "ORDER BY institution, number"
        ),
        &chunk.values(&[]),
        |row| Ok((row.get(0)?, read_menu(row)?)),
    )?;
    let doctors: Vec<(InstitutionCode, u32, PractitionerId)> = transaction.fetch_all(
        in_chunk!(
            "SELECT institution, menu, practitioner FROM menu_practitioner WHERE institution",
            "ORDER BY institution, menu, practitioner"
        ),
        &chunk.values(&[]),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut by_menu: HashMap<(InstitutionCode, u32), Vec<PractitionerId>> = HashMap::new();
    for (code, number, practitioner) in doctors {
        by_menu.entry((code, number)).or_default().push(practitioner);
    }
    for (code, offered) in &mut menus {
        offered.practitioners = by_menu.remove(&(*code, offered.menu.number)).unwrap_or_default();
    }
    Ok(menus)
}

fn read_menu(row: &Row<'_>) -> Result<OfferedMenu, Error> {
    Ok(OfferedMenu {
        menu: Menu {
            number: row.get(1)?,
            charge: row.get(2)?,
            name: row.get(3)?,
            name_english: row.get(4)?,
            minutes: row.get(5)?,
            buffer_minutes: row.get(6)?,
            fee: row.get(7)?,
            fee_english: row.get(8)?,
            system_fee: row.get(9)?,
            cancellation: CancellationTerms { limit_minutes: row.get(10)?, fee: row.get(11)? },
            medium: read_medium(row, 12)?,
        },
        rules: MenuRules {
            audience: row.get(15)?,
            window: BookingWindow { notice_minutes: row.get(16)?, horizon_days: row.get(17)? },
            daily_capacity: row.get(18)?,
        },
        practitioners: Vec::new(),
        version: row.get(19)?,
    })
}

/// The menus that patients or the desk can book, by number.
pub(crate) fn load_menus(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<Vec<OfferedMenu>, Error> {
    let mut menus = Vec::new();
    for chunk in InstitutionChunk::divide(&[code]) {
        menus.extend(load_chunk(transaction, &chunk)?.into_iter().map(|(_, offered)| offered));
    }
    Ok(menus)
}
