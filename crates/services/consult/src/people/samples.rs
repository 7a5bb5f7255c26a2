//! The sample pages of accounts.

use maud::Markup;
use text::{Language, Text};
use web::session::SessionEntry;

use super::{
    pages::{
        profile::{ProfilePage, render_profile_page},
        sessions::render_sessions_page,
        sign_in::{SignInAddressPage, SignInCodePage, render_address_page, render_code_page},
    },
    rules::patient::{Profile, ProfileInput},
    store::{AwaitedCode, CodeState},
};
use crate::{directory, mail::rules::delivery::LetterState, sample_data};

pub(crate) fn sign_in_samples(language: Language) -> Vec<(String, Markup)> {
    let frame = sample_data::frame(language, "/sign-in", None);
    let wrong = Text::from_static(
        "コードが違います。あと4回入力できます。届いた最新のメールを確認してください。",
        "That is not the code. You have 4 more tries. Please check the newest email.",
    );
    let problem = Text::from_static(
        "メールアドレスを確認してください。例：hanako@example.jp",
        "Please check the address, such as hanako@example.jp.",
    );
    let too_early = Text::from_static(
        "コードは送信済みです。あと20秒たつと、もう一度送れます。届くまで1分ほどかかることがあります。",
        "A code is on its way. You can ask for another in 20 seconds. It may take a minute to arrive.",
    );
    let address_page = |address: &str, problem| SignInAddressPage {
        onward: "/appointments".into(),
        chosen_visit: None,
        address: address.into(),
        problem,
    };
    let booking = || Some(directory::samples::chosen_visit());
    let code_page = |state| SignInCodePage {
        awaited_code: Some(AwaitedCode {
            address: "hanako@example.jp".parse().expect("an address"),
            onward: "/appointments".to_owned(),
            sent_at: sample_data::now(),
            state,
        }),
        chosen_visit: booking(),
        sender: Some("no-reply@clinics.example.jp".to_owned()),
        problem: None,
        letter_state: None,
        resend_notice: None,
    };
    let usable = || code_page(CodeState::Usable);
    let with_letter = |letter| SignInCodePage { letter_state: Some(letter), ..usable() };
    let expired = SignInCodePage { awaited_code: None, chosen_visit: None, ..usable() };
    vec![
        ("sign-in/address".to_owned(), render_address_page(&frame, &address_page("", None))),
        (
            "sign-in/address-booking".to_owned(),
            render_address_page(&frame, &SignInAddressPage { chosen_visit: booking(), ..address_page("", None) }),
        ),
        ("sign-in/address-wrong".to_owned(), render_address_page(&frame, &address_page("hanako@", Some(problem)))),
        ("sign-in/code".to_owned(), render_code_page(&frame, &usable())),
        ("sign-in/code-late".to_owned(), render_code_page(&frame, &with_letter(LetterState::Delayed))),
        ("sign-in/code-refused".to_owned(), render_code_page(&frame, &with_letter(LetterState::Refused))),
        ("sign-in/code-dropped".to_owned(), render_code_page(&frame, &with_letter(LetterState::Dropped))),
        (
            "sign-in/code-wrong".to_owned(),
            render_code_page(&frame, &SignInCodePage { problem: Some(wrong), ..usable() }),
        ),
        (
            "sign-in/code-too-early".to_owned(),
            render_code_page(&frame, &SignInCodePage { resend_notice: Some(too_early), ..usable() }),
        ),
        ("sign-in/code-spent".to_owned(), render_code_page(&frame, &code_page(CodeState::Unusable))),
        ("sign-in/code-over".to_owned(), render_code_page(&frame, &expired)),
    ]
}

pub(crate) fn profile_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame = sample_data::frame(language, "/profile", Some(&account));
    let today = sample_data::now().japan_date();
    let view = |input: ProfileInput, problems, is_first_time: bool| ProfilePage {
        mail: account.mail.clone(),
        birth_date: input.parse_birth_date(today),
        input,
        problems,
        today,
        letters: account.letters,
        onward: "/appointments".to_owned(),
        chosen_visit: is_first_time.then(directory::samples::chosen_visit),
        is_first_time,
        lacks_phone: false,
    };
    let empty = ProfileInput::default();
    let problems = Profile::from_input(&empty, today).err().unwrap_or_default();
    let odd = ProfileInput {
        name: "見本 花子".to_owned(),
        kana: "ミホン ハナコ".to_owned(),
        birth: "20.11.3".to_owned(),
        phone: "1234-5678".to_owned(),
        ..ProfileInput::default()
    };
    let odd_problems = Profile::from_input(&odd, today).err().unwrap_or_default();
    let input = sample_data::profile().to_input();
    let no_phone = ProfilePage {
        chosen_visit: Some(directory::samples::chosen_visit()),
        lacks_phone: true,
        ..view(ProfileInput { phone: String::new(), ..input.clone() }, Vec::new(), false)
    };
    vec![
        ("profile/first".to_owned(), render_profile_page(&frame, &view(empty.clone(), Vec::new(), true))),
        ("profile/problems".to_owned(), render_profile_page(&frame, &view(empty, problems, true))),
        ("profile/no-phone".to_owned(), render_profile_page(&frame, &no_phone)),
        ("profile/unclear".to_owned(), render_profile_page(&frame, &view(odd, odd_problems, true))),
        ("profile/known".to_owned(), render_profile_page(&frame, &view(input, Vec::new(), false))),
    ]
}

pub(crate) fn sessions_samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame = sample_data::frame(language, "/profile/sessions", Some(&account));
    let session =
        |name: &[u8], used_on| SessionEntry { browser: base::digest(&[name]), started_at: sample_data::now(), used_on };
    let sessions = [
        session(b"own", Some(sample_data::visit_start().japan_date())),
        session(b"a phone", None),
        session(b"a tablet", None),
    ];
    let own_browser = base::digest(&[b"own"]);
    vec![
        ("sessions/several".to_owned(), render_sessions_page(&frame, &sessions, own_browser)),
        ("sessions/one".to_owned(), render_sessions_page(&frame, &sessions[..1], own_browser)),
    ]
}

/// The pages in each of their states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    [sign_in_samples(language), profile_samples(language), sessions_samples(language)].concat()
}
