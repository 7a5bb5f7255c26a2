//! 登録情報: the profile of the patient, which the institution sees.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, Text, dates};
use ui::{
    Document, Frame,
    components::{self, CheckState, Field, Input, Tone, Width},
};
use web::{Access, Form, Routes, Visitor};

use crate::{
    context::Context,
    directory::pages::chosen_visit::{self, BookingStep, ChosenVisit},
    mail::rules::address::MailAddress,
    pages::{addresses::parse_onward_path, frame::page_frame, signed_in},
    people::{
        rules::{
            account::{ClinicInMail, LetterChoices, ReminderChoice},
            patient::{Profile, ProfileInput, ProfileProblem},
        },
        texts,
    },
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile", Access::SignedIn, get(show_profile)).action(
        "/profile",
        Access::SignedIn,
        post(submit_profile),
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProfileQuery {
    onward: Option<String>,
}

pub(crate) struct ProfilePage {
    pub(crate) mail: MailAddress,
    pub(crate) input: ProfileInput,
    pub(crate) problems: Vec<ProfileProblem>,
    /// The date of birth as parsed from the input.
    pub(crate) birth_date: Option<Date>,
    pub(crate) today: Date,
    pub(crate) letters: LetterChoices,
    pub(crate) onward: String,
    /// The visit that is booked next.
    pub(crate) chosen_visit: Option<ChosenVisit>,
    pub(crate) is_first_time: bool,
    /// Whether only the telephone number is missing, which a visit needs.
    pub(crate) lacks_phone: bool,
}

async fn show_profile(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<ProfileQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let onward = parse_onward_path(query.unwrap_or_default().onward.as_deref());
    let chosen = chosen_visit::find_chosen_visit(&context, &visitor, &onward).await?;
    let view = ProfilePage {
        mail: account.mail.clone(),
        input: account.own_profile().map(Profile::to_input).unwrap_or_default(),
        problems: Vec::new(),
        birth_date: account.own_profile().map(|profile| profile.birth_date),
        today: visitor.now().japan_date(),
        letters: account.letters,
        onward,
        lacks_phone: chosen.is_some() && account.own_profile().is_some_and(|profile| profile.phone.is_none()),
        chosen_visit: chosen,
        is_first_time: account.own_profile().is_none(),
    };
    Ok(render_profile_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProfileForm {
    #[serde(flatten)]
    input: ProfileInput,
    /// A hidden field: the form has the checkbox, so that a missing value means that it is not ticked.
    #[serde(rename = "asks_for_mail")]
    has_mail_choice: Option<String>,
    clinic_in_mail: Option<String>,
    reminders: Option<String>,
    onward: String,
}

impl ProfileForm {
    /// What was ticked; the stored choices, if the form has no boxes for them.
    fn letter_choices(&self, stored: LetterChoices) -> LetterChoices {
        if self.has_mail_choice.is_none() {
            return stored;
        }
        LetterChoices {
            clinic: if self.clinic_in_mail.is_some() { ClinicInMail::Named } else { ClinicInMail::Neutral },
            reminders: if self.reminders.is_some() { ReminderChoice::On } else { ReminderChoice::Off },
        }
    }
}

async fn submit_profile(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<ProfileForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let onward = parse_onward_path(Some(&form.onward));
    let letters = form.letter_choices(account.letters);
    let input = form.input;
    let today = visitor.now().japan_date();
    match Profile::from_input(&input, today) {
        Ok(profile) => {
            context.store.save_profile(account.id, profile, letters, visitor.now()).await?;
            Ok(Redirect::to(&onward).into_response())
        }
        Err(problems) => {
            let chosen = chosen_visit::find_chosen_visit(&context, &visitor, &onward).await?;
            let view = ProfilePage {
                mail: account.mail.clone(),
                birth_date: input.parse_birth_date(today),
                input: input.with_birth_date_in_one_field(),
                problems,
                today,
                letters,
                onward,
                chosen_visit: chosen,
                is_first_time: account.own_profile().is_none(),
                lacks_phone: false,
            };
            Ok(render_profile_page(&page_frame(&visitor, Some(&account)), &view).into_response())
        }
    }
}

pub(crate) fn render_profile_page(frame: &Frame, view: &ProfilePage) -> Markup {
    let language = frame.language;
    let problems = list_problems(language, &view.problems);
    let checked_if = |is_chosen: bool| if is_chosen { CheckState::Checked } else { CheckState::Unchecked };
    let named = checked_if(view.letters.clinic == ClinicInMail::Named);
    let reminded = checked_if(view.letters.reminders == ReminderChoice::On);
    let mut document = Document::new(frame, texts::YOUR_DETAILS.in_language(language))
        .above_heading(chosen_visit::render_chosen_visit(language, view.chosen_visit.as_ref(), BookingStep::Details))
        .lead(texts::CLINIC_USES_THESE_DETAILS_TO_IDENTIFY_YOU.in_language(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @if view.lacks_phone {
            (components::notice(Tone::Info, texts::PLEASE_ADD_YOUR_TELEPHONE_NUMBER.in_language(language), html! {
                p { (texts::VISITS_BY_VIDEO_NOW_NEED_TELEPHONE_NUMBER.in_language(language)) }
            }))
        }
        (components::form(frame, "/profile", html! {
            (components::hidden_field("onward", &view.onward))
            (render_profile_fields(language, &view.input, (view.birth_date, view.today), &view.problems, &OWN_FIELDS))
            (components::description_list(&[(texts::E_MAIL_ADDRESS.in_language(language), html! { (view.mail) })]))
            (components::hidden_field("asks_for_mail", "1"))
            (components::checkbox("clinic_in_mail", "1", texts::NAME_CLINIC_IN_EMAILS_TO_ME.in_language(language), named))
            (components::checkbox("reminders", "1", texts::REMIND_ME_BEFORE_APPOINTMENTS.in_language(language), reminded))
            @if view.is_first_time {
                (components::bottom_bar(components::primary_button(texts::REGISTER.in_language(language), Some(texts::NEXT_BACK_TO_WHERE_YOU_WERE.in_language(language)))))
            } @else {
                (components::bottom_bar(components::primary_button(texts::SAVE.in_language(language), None)))
            }
        }))
        @if !view.is_first_time { (render_own_data_links(language)) }
    })
}

/// The problems of a profile's form, for the summary above it.
pub(crate) fn list_problems<'p>(language: Language, problems: &'p [ProfileProblem]) -> Vec<components::Problem<'p>> {
    let message = |problem: &'p ProfileProblem| problem.message.in_language(language);
    problems.iter().map(|problem| components::Problem { field: problem.field, message: message(problem) }).collect()
}

/// What the fields of a profile say beside their names.
pub(crate) struct ProfileFieldTexts {
    /// Below the name.
    pub(crate) name: Text,
    /// Below the telephone number.
    pub(crate) phone: Text,
    pub(crate) subject: ProfileSubject,
}

/// Whom the fields of a profile are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProfileSubject {
    /// The reader, whose details a browser may fill in.
    Reader,
    SomebodyElse,
}

const OWN_FIELDS: ProfileFieldTexts = ProfileFieldTexts {
    name: texts::IN_KANJI_OR_LATIN_LETTERS,
    phone: texts::IF_CONNECTION_BREAKS_CLINIC_CALLS_YOU,
    subject: ProfileSubject::Reader,
};

/// The fields of a profile. `birth_date` is the date as parsed from the input, which the page shows back.
pub(crate) fn render_profile_fields(
    language: Language,
    input: &ProfileInput,
    (birth_date, today): (Option<Date>, Date),
    problems: &[ProfileProblem],
    field_texts: &ProfileFieldTexts,
) -> Markup {
    let error_of = |field: &str| {
        problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.in_language(language))
    };
    let ticked = if input.no_kana.is_some() { CheckState::Checked } else { CheckState::Unchecked };
    let birth_support = match birth_date {
        Some(born) => texts::we_read_this_as(language, dates::format_birth_date(language, born, today)),
        None => texts::DATE_IN_ANY_USUAL_FORM.in_language(language).to_owned(),
    };
    let autocomplete = |own| match field_texts.subject {
        ProfileSubject::Reader => own,
        ProfileSubject::SomebodyElse => "off",
    };
    html! {
        (Field::new(language, Input::Text, "name", texts::NAME.in_language(language))
            .support(field_texts.name.in_language(language))
            .value(&input.name).error(error_of("name")).autocomplete(autocomplete("name")).width(Width::Long).max_length(100))
        (Field::new(language, Input::Text, "kana", texts::NAME_IN_KANA.in_language(language))
            .support(texts::ANY_KANA_WILL_DO.in_language(language))
            .value(&input.kana).error(error_of("kana")).width(Width::Long).max_length(200))
        (components::checkbox("no_kana", "1", texts::I_HAVE_NO_NAME_IN_KANA.in_language(language), ticked))
        (Field::new(language, Input::Text, "birth", texts::DATE_OF_BIRTH.in_language(language))
            .support(&birth_support)
            .value(&input.birth).error(error_of("birth")).autocomplete(autocomplete("bday")).width(Width::Middle).max_length(60))
        (Field::new(language, Input::Telephone, "phone", texts::TELEPHONE.in_language(language))
            .support(field_texts.phone.in_language(language))
            .value(&input.phone).error(error_of("phone")).autocomplete(autocomplete("tel")).width(Width::Middle).max_length(30))
    }
}

fn render_own_data_links(language: Language) -> Markup {
    components::section(
        texts::YOUR_DATA.in_language(language),
        components::buttons(html! {
            (components::secondary_link("/profile/family", texts::FAMILY_FOR_WHOM_YOU_BOOK.in_language(language), None))
            (components::secondary_link("/profile/data", texts::SEE_WHAT_IS_KEPT_ABOUT_YOU.in_language(language), None))
            (components::secondary_link("/profile/sessions", texts::SIGNED_IN_DEVICES.in_language(language), None))
            (components::secondary_link("/profile/close", texts::CLOSE_YOUR_ACCOUNT.in_language(language), None))
        }),
    )
}
