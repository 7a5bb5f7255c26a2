//! Every component, in every theme and language: for viewing, and for the tests of what all pages share.

mod texts;

use maud::{Markup, html};
use text::{Language, Text};

use super::{
    Document, components,
    components::{
        Agreement, BadgeTone, ButtonStyle, CheckState, Choice, ChoiceGroup, ChoicePair, Column, DateField, Field,
        FileSlot, Input, PinEntry, Poll, Problem, ReceptionStep, Select, Side, Table, Tone, VisitStage, Width,
    },
    drawing, icon,
};
use crate::{Footer, FooterLink, Frame, MenuEntry, QrCode, SignedInUser, Theme};

/// A page of the gallery.
pub struct Page {
    /// Its name, usable as a file name.
    pub name: &'static str,
    pub html: Markup,
}

/// A sample frame of this theme.
pub fn frame(theme: Theme, language: Language) -> Frame {
    let entry =
        |href: &str, label: &str, current| MenuEntry { href: href.to_owned(), label: label.to_owned(), current };
    let person = |name: &str| Some(SignedInUser { name: name.to_owned(), sign_out: "/sign-out" });
    let (menu, signed_in) = match theme {
        Theme::Service => (
            vec![
                entry("/institutions", texts::FIND_A_CLINIC.in_language(language), true),
                entry("/appointments", texts::MY_VISITS.in_language(language), false),
            ],
            person(texts::HANAKO_MIHON.in_language(language)),
        ),
        Theme::Desk => (
            vec![
                entry("/desk", texts::TODAY.in_language(language), true),
                entry("/desk/week", texts::COMING.in_language(language), false),
                entry("/desk/settings", texts::SETTINGS.in_language(language), false),
            ],
            person(texts::MIHON_CLINIC.in_language(language)),
        ),
        Theme::Terminal => (
            vec![
                entry("/", texts::RECEPTIONS.in_language(language), true),
                entry("/address", texts::ADDRESS_AND_QR.in_language(language), false),
            ],
            person(texts::STAFF.in_language(language)),
        ),
        Theme::Reception | Theme::Portal | Theme::Demo => (Vec::new(), None),
    };
    let (csrf, path_and_query) = ("sample-token".to_owned(), "/gallery?page=1&of=2".to_owned());
    let footer = match theme {
        Theme::Service | Theme::Desk => sample_footer(),
        Theme::Reception | Theme::Portal | Theme::Terminal | Theme::Demo => Footer::default(),
    };
    Frame { theme, name: None, language, csrf, path_and_query, signed_in, menu, footer }
}

fn sample_footer() -> Footer {
    let link = |href: &str, japanese, english| FooterLink {
        href: href.to_owned(),
        label: Text::from_static(japanese, english),
    };
    Footer {
        statement: Some(texts::A_SENTENCE_ABOUT_THIS_PAGE),
        links: vec![
            link("/contact", "お問い合わせ", "Contact"),
            link("/privacy", "個人情報の取扱い", "Privacy notice"),
            link("/terms", "利用規約", "Terms of use"),
        ],
        help: Some(link("/contact", "見本の窓口（電話 03-0000-0000）", "Sample contact (telephone 03-0000-0000)")),
    }
}

/// Every page of the gallery.
pub fn pages(theme: Theme, language: Language) -> Vec<Page> {
    let frame = frame(theme, language);
    let page = |name, html| Page { name, html };
    let mut pages = vec![
        page("form", filled_form(&frame)),
        page("empty-form", empty_form(&frame)),
        page("wait", waiting_page(&frame)),
        page("done", completion_page(&frame)),
    ];
    // A theme has only the styles of the components that it uses.
    match theme {
        Theme::Service => {
            pages.push(page("drawings", drawings(&frame)));
            pages.push(page("visit", visit(&frame)));
            pages.push(page("upload", upload(&frame)));
            pages.push(page("lists", lists(&frame)));
        }
        Theme::Desk => {
            pages.push(page("visit", visit(&frame)));
            pages.push(page("lists", lists(&frame)));
        }
        Theme::Reception => {
            pages.push(page("choose", choice_page(&frame)));
            pages.push(page("lists", lists(&frame)));
        }
        Theme::Portal => {
            pages.push(page("drawings", drawings(&frame)));
            pages.push(page("pin", pin(&frame)));
        }
        Theme::Terminal | Theme::Demo => pages.push(page("lists", lists(&frame))),
    }
    pages
}

fn choice_page(frame: &Frame) -> Markup {
    let language = frame.language;
    let items = [
        (
            "operation",
            "手術情報の提供",
            "Operations",
            "これまでに受けた手術の名前と日付です。",
            "Names and dates of operations you have had.",
        ),
        (
            "treatment",
            "診療情報の提供",
            "Treatment",
            "これまでに受けた診療の記録です。",
            "Records of treatment you have had.",
        ),
        (
            "medicine",
            "薬剤情報の提供",
            "Medicines",
            "これまでに出された薬の名前と量です。",
            "Names and amounts of medicines you were given.",
        ),
    ];
    Document::new(frame, texts::CHOOSE_WHAT_YOU_CONSENT_TO.in_language(language))
        .above_heading(components::reception_steps(language, ReceptionStep::Choose))
        .lead(texts::YOU_DECIDE_ITEM_BY_ITEM.in_language(language))
        .main(html! {
            (components::plain_panel(components::description_list(&[
                (texts::INSTITUTION.in_language(language), html! { (texts::MIHON_CLINIC_ON_CHOICE_PAGE.in_language(language)) }),
                (texts::VISIT_DATE.in_language(language), html! { (texts::TUESDAY_24_NOVEMBER_2026.in_language(language)) }),
            ])))
            (components::error_summary(language, &[Problem {
                field: "medicine",
                message: texts::MEDICINES_PLEASE_CHOOSE_ONE.in_language(language),
            }]))
            (components::form(frame, "/choices", html! {
                @for (name, japanese, english, help, english_help) in items {
                    @let pair = ChoicePair::new(language, name, language.t(japanese, english)).help(language.t(help, english_help));
                    @match name {
                        "operation" => (pair.selected(Agreement::Agree)),
                        "treatment" => (pair.selected(Agreement::Decline)),
                        _ => (pair.error(Some(texts::PLEASE_CHOOSE_ONE.in_language(language)))),
                    }
                }
                (components::agree_to_all_button(language))
                (components::primary_button(
                    texts::REVIEW_YOUR_CHOICES.in_language(language),
                    Some(texts::ALL_CHOICES_ARE_SHOWN_ONCE.in_language(language)),
                ))
            }))
            (components::buttons(html! { (components::quiet_link("/", texts::STOP_HERE.in_language(language))) }))
        })
}

fn filled_form(frame: &Frame) -> Markup {
    let language = frame.language;
    let mail = texts::PLEASE_INCLUDE_IN_MAIL_ADDRESS.in_language(language);
    let birth = texts::MONTH_OF_BIRTH_IS_NUMBER.in_language(language);
    Document::new(frame, texts::CREATE_AN_ACCOUNT.in_language(language)).with_problems().main(html! {
        (components::back_link("/", texts::BACK_TO_SIGN_IN.in_language(language)))
        (components::error_summary(language, &[
            Problem { field: "mail", message: mail },
            Problem { field: "birth", message: birth },
        ]))
        (components::form(frame, "/accounts", html! {
            (components::field_row(html! {
                (Field::new(language, Input::Text, "family", texts::FAMILY_NAME.in_language(language)).value("見本").autocomplete("family-name"))
                (Field::new(language, Input::Text, "given", texts::GIVEN_NAME.in_language(language)).value("花子").autocomplete("given-name"))
            }))
            (Field::new(language, Input::Email, "mail", texts::MAIL_ADDRESS.in_language(language))
                .support(texts::WE_SEND_CODE_TO_IT.in_language(language))
                .value("hanako.example.jp").error(Some(mail)))
            (Field::new(language, Input::Telephone, "telephone", texts::TELEPHONE.in_language(language)).optional())
            (DateField::new(language, "birth", texts::DATE_OF_BIRTH.in_language(language))
                .support(texts::FOR_EXAMPLE_1985_4_2.in_language(language)).value("1985", "13", "2").error(Some(birth)).birthday())
            (Field::new(language, Input::NewPassword, "password", texts::PASSWORD.in_language(language))
                .support(texts::AT_LEAST_12_CHARACTERS.in_language(language)))
            (components::checkbox("terms", "yes", texts::I_AGREE_TO_THE_TERMS.in_language(language), CheckState::Unchecked))
            (components::primary_button(
                texts::CREATE_THE_ACCOUNT.in_language(language),
                Some(texts::CODE_COMES_TO_YOUR_MAIL_ADDRESS.in_language(language)),
            ))
        }))
    })
}

fn empty_form(frame: &Frame) -> Markup {
    let language = frame.language;
    let areas =
        [Choice::new("13", texts::TOKYO.in_language(language)), Choice::new("27", texts::OSAKA.in_language(language))];
    let menus = [
        Choice::new("insured", texts::INSURED_VISIT.in_language(language))
            .support(texts::CONSENT_OR_PICTURE_OF_INSURANCE.in_language(language)),
        Choice::new("self-pay", texts::SELF_PAY_VISIT.in_language(language))
            .support(texts::NO_INSURANCE_IS_USED.in_language(language)),
    ];
    let marks = [
        Choice::new("insured", texts::ACCEPTS_MY_NUMBER_CARD.in_language(language)),
        Choice::new("today", texts::FREE_TODAY.in_language(language)),
    ];
    Document::new(frame, texts::FIND_A_CLINIC.in_language(language)).main(html! {
        (components::search_form("/institutions", html! {
            (Field::new(language, Input::Search, "words", texts::WORDS.in_language(language)).without_mark())
            (components::field_row(html! {
                (Select::new(language, "area", texts::AREA.in_language(language), &areas).empty_option(texts::ALL_AREAS.in_language(language)).without_mark())
                (Field::new(language, Input::Date, "day", texts::DAY.in_language(language)).without_mark())
            }))
            (ChoiceGroup::checkbox(language, "mark", texts::CONDITIONS.in_language(language), &marks).selected("insured").without_mark())
            (components::secondary_button(texts::SEARCH.in_language(language), None))
        }))
        (components::form(frame, "/menu", html! {
            (ChoiceGroup::radio(language, "menu", texts::KIND_OF_VISIT.in_language(language), &menus).selected("insured"))
            (Field::new(language, Input::Lines, "symptom", texts::WHAT_IT_IS_ABOUT.in_language(language)).optional())
            (Field::new(language, Input::OneTimeCode, "code", texts::THREE_DIGIT_NUMBER.in_language(language)).max_length(3))
            (Field::new(language, Input::Digits, "fee", texts::FEE.in_language(language)).suffix(texts::YEN.in_language(language)).width(Width::Middle))
            (components::buttons(html! {
                (components::primary_button(texts::BOOK.in_language(language), None))
                (components::choice_button(ButtonStyle::Secondary, "keep", "draft", texts::DECIDE_LATER.in_language(language), None))
            }))
        }))
    })
}

fn visit(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::YOUR_VISIT_IS_BOOKED.in_language(language))
        .above_heading(components::breadcrumbs(
            language,
            &[("/", texts::HOME.in_language(language)), ("/appointments", texts::MY_VISITS.in_language(language))],
            texts::VISIT.in_language(language),
        ))
        .main(html! {
            (components::visit_timeline(language, VisitStage::Insurance, Some(texts::ONE_THING_IS_LEFT_TO_DO.in_language(language))))
            (components::panel(texts::PROVE_YOUR_INSURANCE.in_language(language), html! {
                p { (texts::INSURED_VISIT_NEEDS_EITHER_INSURANCE.in_language(language)) }
                (components::primary_link("/leave", texts::CHOOSE_WHAT_TO_CONSENT_TO.in_language(language), Some(texts::LEADS_TO_RECEPTION_WEB.in_language(language))))
                (components::secondary_link("/pictures", texts::SEND_A_PICTURE_INSTEAD.in_language(language), None))
            }))
            (components::panel(texts::YOUR_VISIT.in_language(language), components::description_list(&[
                (texts::INSTITUTION.in_language(language), html! {
                    (texts::MIHON_CLINIC_ON_CHOICE_PAGE.in_language(language)) " " (components::insured_badge(language))
                }),
                (texts::WHEN.in_language(language), html! { (icon::calendar()) (texts::TWENTY_FOUR_NOVEMBER_2026_10_30.in_language(language)) }),
                (texts::STATE.in_language(language), components::badge(BadgeTone::Attention, texts::INSURANCE_TO_BE_PROVEN.in_language(language))),
            ])))
            (components::notice(Tone::Warning, texts::WE_CANNOT_KNOW_WHETHER_YOU_REGISTERED.in_language(language), html! {
                p { (texts::IT_SEEMS_PAGE_WAS_CLOSED_BEFORE_END.in_language(language)) }
            }))
            (components::key_number(language, texts::THE_VISIT_DATE_TO_ENTER.in_language(language), "2026年11月24日", "20261124"))
            (components::disclosure(texts::WHAT_IS_INSURANCE_CARD.in_language(language), html! {
                p { (texts::MY_NUMBER_CARD.in_language(language)) }
                p { (components::external_link(language, "https://example.jp/", texts::READ_MORE.in_language(language))) }
            }))
            (components::post_button(frame, "/cancel", ButtonStyle::Quiet, texts::CANCEL_THE_VISIT.in_language(language)))
        })
}

fn upload(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::SEND_PICTURE_OF_YOUR_INSURANCE_DOCUMENT.in_language(language))
        .lead(texts::ONLY_CLINIC_CAN_SEE_IT.in_language(language))
        .main(html! {
            (components::notice(Tone::Info, texts::DO_NOT_SEND_BACK_OF_MY_NUMBER_CARD.in_language(language), html! {
                p { (texts::TWELVE_DIGIT_NUMBER_IS_NOT_NEEDED.in_language(language)) }
            }))
            (components::upload_form(frame, "/pictures", html! {
                (components::field_row(html! {
                    (FileSlot::new(language, Side::Front, "front").document_name(texts::INSURANCE_DOCUMENT.in_language(language))
                        .support(texts::TAKE_IT_IN_GOOD_LIGHT.in_language(language)))
                    (FileSlot::new(language, Side::Back, "back").document_name(texts::INSURANCE_DOCUMENT.in_language(language)).optional()
                        .error(Some(texts::TEXT_CANNOT_BE_READ.in_language(language))))
                }))
                (components::primary_button(texts::SEND_THESE_PICTURES.in_language(language), Some(texts::CLINIC_CHECKS_THEM_AND_YOU_GET_MAIL.in_language(language))))
            }))
        })
}

fn lists(frame: &Frame) -> Markup {
    let language = frame.language;
    let columns = [
        Column::text(texts::PATIENT.in_language(language)),
        Column::text(texts::TIME.in_language(language)),
        Column::text(texts::INSURANCE.in_language(language)),
        Column::number(texts::SHARE.in_language(language)),
        Column::text(texts::NEXT.in_language(language)),
    ];
    let row = |name: &str, time: &str, badge: Markup, share: &str, next: &str| {
        vec![
            html! { a href="/appointments/1" { (name) } },
            html! { (time) },
            badge,
            html! { (share) },
            html! { (next) },
        ]
    };
    let entry =
        |href: &str, label: &str, current| MenuEntry { href: href.to_owned(), label: label.to_owned(), current };
    Document::new(frame, texts::TODAYS_VISITS.in_language(language)).wide().main(html! {
        (components::tabs(texts::SHOW.in_language(language), &[
            entry("/today", texts::TODAY_3.in_language(language), true),
            entry("/tomorrow", texts::TOMORROW_8.in_language(language), false),
            entry("/later", texts::LATER.in_language(language), false),
        ]))
        (Table::new(texts::VISITS_TODAY.in_language(language), &columns)
            .row(row(texts::HANAKO_MIHON.in_language(language), "10:30", components::badge(BadgeTone::Good, texts::CONFIRMED.in_language(language)), "30%", texts::VISIT_IN_LISTS.in_language(language)))
            .row(row(texts::TARO_MIHON.in_language(language), "11:00", components::badge(BadgeTone::Attention, texts::PICTURE_SENT.in_language(language)), "–", texts::LOOK_AT_THE_PICTURE.in_language(language)))
            .row(row(texts::ICHI_MIHON.in_language(language), "11:15", components::badge(BadgeTone::Bad, texts::NOTHING_YET.in_language(language)), "–", texts::ASK_FOR_CONSENT.in_language(language))))
        (components::pagination(language, 5, 9, |page| format!("/today?page={page}")))
        (components::section(texts::CLINICS.in_language(language), components::card_list(&[
            components::link_card("/institutions/1", texts::MIHON_CLINIC_ON_CHOICE_PAGE.in_language(language), html! {
                p { (components::insured_badge(language)) " " (components::badge(BadgeTone::Neutral, texts::GENERAL_MEDICINE.in_language(language))) }
                p { (icon::clock()) (texts::NEXT_24_NOVEMBER_10_30.in_language(language)) }
            }),
            components::link_card("/institutions/2", texts::MIHON_SKIN_CLINIC.in_language(language), html! {
                p { (components::badge(BadgeTone::Neutral, texts::DERMATOLOGY.in_language(language))) }
                p { (icon::clock()) (texts::NEXT_25_NOVEMBER_9_00.in_language(language)) }
            }),
        ])))
        (components::empty_state(texts::NO_VISITS_TOMORROW.in_language(language), html! {
            p { (texts::THEY_WILL_BE_LISTED_HERE.in_language(language)) }
        }))
        (components::columns(
            components::panel(texts::NOTE.in_language(language), html! { p { (texts::CONFIRMED_BY_TELEPHONE.in_language(language)) } }),
            components::panel(texts::WITHDRAW_ALL_CONSENTS.in_language(language), components::form(frame, "/withdraw", html! {
                (components::danger_button(texts::WITHDRAW.in_language(language), Some(texts::THIS_CANNOT_BE_UNDONE.in_language(language))))
                (components::quiet_button(texts::KEEP_THEM.in_language(language)))
            })),
        ))
        (components::print_sheet(components::panel(texts::ELIGIBILITY.in_language(language), html! {
            (components::description_list(&[
                (texts::INSURER.in_language(language), html! { "01130012" }),
                (texts::VALID_UNTIL.in_language(language), html! { "2027-03-31" }),
                (texts::NAME.in_language(language), components::blank_line(language, "見本 花子")),
                (texts::TELEPHONE.in_language(language), components::blank_line(language, "")),
                (texts::SEX.in_language(language), components::paper_checkboxes(&[texts::MALE.in_language(language), texts::FEMALE.in_language(language)])),
            ]))
            (components::print_button(texts::PRINT.in_language(language)))
        })))
    })
}

fn pin(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::ENTER_THE_PIN.in_language(language))
        .lead(texts::FOUR_DIGITS_OF_AUTHENTICATION_CERTIFICATE.in_language(language))
        .main(html! {
            (components::form(frame, "/pin", html! {
                (PinEntry::new(language, "pin", texts::FOUR_DIGIT_PIN.in_language(language)).tries_left(2)
                    .error(Some(texts::THAT_IS_NOT_THE_PIN.in_language(language))))
                (components::bottom_bar(html! {
                    (components::primary_button(texts::NEXT_IN_PIN.in_language(language), Some(texts::THE_CARD_IS_READ_NEXT.in_language(language))))
                }))
            }))
        })
}

fn waiting_page(frame: &Frame) -> Markup {
    let language = frame.language;
    let poll = Poll { url: "/status".to_owned(), every_milliseconds: 2_000 };
    Document::new(frame, texts::GO_ON_IN_THE_APP.in_language(language))
        .above_heading(components::reception_steps(language, ReceptionStep::Authenticate))
        .main(html! {
            (components::waiting_panel(frame, &poll, texts::WAITING_FOR_THE_CARD.in_language(language), html! {
                p { (texts::KEEP_THIS_PAGE_OPEN.in_language(language)) }
            }))
            (components::big_digits(texts::THE_NUMBER_IN_THE_APP.in_language(language), "472"))
            @if let Some(code) = QrCode::encode("https://reception.example/open") {
                (components::qr(&code, texts::QR_CODE_FOR_YOUR_PHONE.in_language(language)))
            }
            (components::section(texts::IF_IT_DOES_NOT_WORK.in_language(language), components::numbered_list(&[
                html! { b { (texts::TAKE_OFF_THE_CASE.in_language(language)) } p { (texts::THICK_CASES_AND_METAL_GET_IN_WAY.in_language(language)) } },
                html! { b { (texts::USE_A_TABLE.in_language(language)) } p { (texts::LAY_CARD_ON_TABLE_THAT_IS_NOT_METAL.in_language(language)) } },
                html! { b { (texts::HOLD_STILL.in_language(language)) } p { (texts::WAIT_UNTIL_IT_IS_DONE.in_language(language)) } },
            ])))
        })
}

fn completion_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::YOUR_CONSENT_IS_REGISTERED.in_language(language))
        .above_heading(components::reception_steps(language, ReceptionStep::Finish))
        .main(html! {
            (components::notice(Tone::Success, texts::REGISTERED.in_language(language), html! {
                p { (texts::VALID_TO_END_OF_24_NOVEMBER_2026.in_language(language)) }
            }))
            (components::notice(Tone::Error, texts::CARD_COULD_NOT_BE_READ.in_language(language), html! {
                p { (texts::NOTHING_WAS_LOST_PLEASE_TRY_AGAIN.in_language(language)) }
            }))
            (components::form(frame, "/finish", components::primary_button(texts::FINISH.in_language(language), Some(texts::LEADS_BACK_TO_ONLINE_CARE.in_language(language)))))
        })
}

fn drawings(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::DRAWINGS_AND_ICONS.in_language(language)).main(html! {
        @for drawing in [
            drawing::hold_card(language, drawing::PhoneKind::Android), drawing::hold_card(language, drawing::PhoneKind::Iphone),
            drawing::card_reader(language), drawing::back_to_browser(language), drawing::identity_card(language),
            drawing::document(language, Side::Front), drawing::document(language, Side::Back), drawing::done(language), drawing::locked(language),
        ] { (components::plain_panel(drawing)) }
        ul { @for (name, icon) in icon::all() { li { (icon) (name) } } }
    })
}
