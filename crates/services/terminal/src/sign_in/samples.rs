use text::Language;

use super::pages;
use crate::{
    Role,
    samples::{
        fixtures::{institution, now},
        frames::{Pages, STATION_NAME, signed_out_frame},
    },
};

pub(crate) fn add_pages(language: Language, samples: &mut Pages) {
    let all = vec![(institution(), STATION_NAME.to_owned())];
    let retry_at = now().plus(base::Span::from_mins(15));
    for (name, stations, problem) in [
        ("first", all.clone(), pages::SignInProblem::None),
        ("no-institution", all.clone(), pages::SignInProblem::Institution),
        ("no-account", all.clone(), pages::SignInProblem::Account),
        ("wrong-password", all.clone(), pages::SignInProblem::Password),
        ("too-many", all, pages::SignInProblem::TooManyAttempts { retry_at }),
        ("no-station", Vec::new(), pages::SignInProblem::None),
    ] {
        let prefilled = problem == pages::SignInProblem::Password;
        let view = pages::SignInPage {
            stations,
            institution: if prefilled { institution().to_string() } else { String::new() },
            role: if prefilled { Role::Staff.as_str().to_owned() } else { String::new() },
            problem,
        };
        samples.push((format!("sign-in/{name}"), pages::render_page(&signed_out_frame(language, "/sign-in"), &view)));
    }
}
