//! Every component, in every theme and language: for viewing, and for the tests of what all pages share.

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
use crate::{Footer, FooterLink, Frame, MenuEntry, SignedInUser, Theme};

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
                entry("/institutions", language.t("医療機関を探す", "Find a clinic"), true),
                entry("/appointments", language.t("予約一覧", "My visits"), false),
            ],
            person(language.t("見本 花子", "Hanako Mihon")),
        ),
        Theme::Desk => (
            vec![
                entry("/desk", language.t("本日の予約", "Today"), true),
                entry("/desk/week", language.t("今後の予約", "Coming"), false),
                entry("/desk/settings", language.t("設定", "Settings"), false),
            ],
            person(language.t("見本クリニック", "Mihon Clinic")),
        ),
        Theme::Terminal => (
            vec![
                entry("/", language.t("受付一覧", "Receptions"), true),
                entry("/address", language.t("医療機関別URL", "Address and QR"), false),
            ],
            person(language.t("一般", "Staff")),
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
        statement: Some(Text::from_static("このページについての一文です。", "A sentence about this page.")),
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
        page("drawings", drawings(&frame)),
    ];
    // A theme has only the styles of the components that it uses.
    match theme {
        Theme::Service => {
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
        Theme::Portal => pages.push(page("pin", pin(&frame))),
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
    Document::new(frame, language.t("情報の提供に同意するか選んでください", "Choose what you consent to"))
        .above_heading(components::reception_steps(language, ReceptionStep::Choose))
        .lead(language.t(
            "項目ごとに選べます。同意しなくても受診できます。",
            "You decide item by item. You can be seen even if you do not consent.",
        ))
        .main(html! {
            (components::plain_panel(components::description_list(&[
                (language.t("医療機関", "Institution"), html! { (language.t("見本内科クリニック", "Mihon Clinic")) }),
                (language.t("受診日", "Visit date"), html! { (language.t("2026年11月24日（火）", "Tuesday, 24 November 2026")) }),
            ])))
            (components::error_summary(language, &[Problem {
                field: "medicine",
                message: language.t("薬剤情報：どちらかを選んでください", "Medicines: please choose one"),
            }]))
            (components::form(frame, "/choices", html! {
                @for (name, japanese, english, help, english_help) in items {
                    @let pair = ChoicePair::new(language, name, language.t(japanese, english)).help(language.t(help, english_help));
                    @match name {
                        "operation" => (pair.selected(Agreement::Agree)),
                        "treatment" => (pair.selected(Agreement::Decline)),
                        _ => (pair.error(Some(language.t("どちらかを選んでください", "Please choose one")))),
                    }
                }
                (components::agree_to_all_button(language))
                (components::primary_button(
                    language.t("同意内容を確認する", "Review your choices"),
                    Some(language.t("次の画面ですべての選択を確認できます", "All choices are shown once more on the next page")),
                ))
            }))
            (components::buttons(html! { (components::quiet_link("/", language.t("手続きをやめる", "Stop here"))) }))
        })
}

fn filled_form(frame: &Frame) -> Markup {
    let language = frame.language;
    let mail = language.t("メールアドレスに「@」を入れてください", "Please include an @ in the mail address");
    let birth = language.t("生まれた月は1から12の数字で入れてください", "The month of birth is a number from 1 to 12");
    Document::new(frame, language.t("会員登録", "Create an account")).with_problems().main(html! {
        (components::back_link("/", language.t("ログインに戻る", "Back to sign-in")))
        (components::error_summary(language, &[
            Problem { field: "mail", message: mail },
            Problem { field: "birth", message: birth },
        ]))
        (components::form(frame, "/accounts", html! {
            (components::field_row(html! {
                (Field::new(language, Input::Text, "family", language.t("姓", "Family name")).value("見本").autocomplete("family-name"))
                (Field::new(language, Input::Text, "given", language.t("名", "Given name")).value("花子").autocomplete("given-name"))
            }))
            (Field::new(language, Input::Email, "mail", language.t("メールアドレス", "Mail address"))
                .support(language.t("確認のためのコードを送ります", "We send a code to it"))
                .value("hanako.example.jp").error(Some(mail)))
            (Field::new(language, Input::Telephone, "telephone", language.t("電話番号", "Telephone")).optional())
            (DateField::new(language, "birth", language.t("生年月日", "Date of birth"))
                .support(language.t("例：1985年4月2日", "For example: 1985, 4, 2")).value("1985", "13", "2").error(Some(birth)).birthday())
            (Field::new(language, Input::NewPassword, "password", language.t("パスワード", "Password"))
                .support(language.t("12文字以上", "At least 12 characters")))
            (components::checkbox("terms", "yes", language.t("利用規約に同意する", "I agree to the terms"), CheckState::Unchecked))
            (components::primary_button(
                language.t("登録する", "Create the account"),
                Some(language.t("入力したメールアドレスにコードが届きます", "A code comes to your mail address")),
            ))
        }))
    })
}

fn empty_form(frame: &Frame) -> Markup {
    let language = frame.language;
    let areas = [Choice::new("13", language.t("東京都", "Tokyo")), Choice::new("27", language.t("大阪府", "Osaka"))];
    let menus = [
        Choice::new("insured", language.t("保険診療", "Insured visit")).support(language.t(
            "マイナ保険証の登録、または保険証画像の送付が必要です",
            "Consent or a picture of the insurance document is needed",
        )),
        Choice::new("self-pay", language.t("自費診療", "Self-pay visit"))
            .support(language.t("保険証は使いません", "No insurance is used")),
    ];
    let marks = [
        Choice::new("insured", language.t("マイナ保険証対応", "Accepts My Number Card (マイナ保険証)")),
        Choice::new("today", language.t("本日予約できる", "Free today")),
    ];
    Document::new(frame, language.t("医療機関を探す", "Find a clinic")).main(html! {
        (components::search_form("/institutions", html! {
            (Field::new(language, Input::Search, "words", language.t("キーワード", "Words")).without_mark())
            (components::field_row(html! {
                (Select::new(language, "area", language.t("地域", "Area"), &areas).empty_option(language.t("すべての地域", "All areas")).without_mark())
                (Field::new(language, Input::Date, "day", language.t("受診日", "Day")).without_mark())
            }))
            (ChoiceGroup::checkbox(language, "mark", language.t("条件", "Conditions"), &marks).selected("insured").without_mark())
            (components::secondary_button(language.t("検索する", "Search"), None))
        }))
        (components::form(frame, "/menu", html! {
            (ChoiceGroup::radio(language, "menu", language.t("診療の種類", "Kind of visit"), &menus).selected("insured"))
            (Field::new(language, Input::Lines, "symptom", language.t("相談したいこと", "What it is about")).optional())
            (Field::new(language, Input::OneTimeCode, "code", language.t("3桁の番号", "Three-digit number")).max_length(3))
            (Field::new(language, Input::Digits, "fee", language.t("料金", "Fee")).suffix(language.t("円", "yen")).width(Width::Middle))
            (components::buttons(html! {
                (components::primary_button(language.t("予約する", "Book"), None))
                (components::choice_button(ButtonStyle::Secondary, "keep", "draft", language.t("あとで決める", "Decide later"), None))
            }))
        }))
    })
}

fn visit(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("予約が完了しました", "Your visit is booked"))
        .above_heading(components::breadcrumbs(
            language,
            &[("/", language.t("ホーム", "Home")), ("/appointments", language.t("予約一覧", "My visits"))],
            language.t("予約詳細", "Visit"),
        ))
        .main(html! {
            (components::visit_timeline(language, VisitStage::Insurance, Some(language.t("あと1つ手続きがあります", "One thing is left to do"))))
            (components::panel(language.t("保険の確認をしてください", "Prove your insurance"), html! {
                p { (language.t(
                    "保険診療では、マイナ保険証の利用か、保険証画像のアップロードのどちらかが必要です。",
                    "An insured visit needs either マイナ保険証 or a picture of your insurance document.",
                )) }
                (components::primary_link("/leave", language.t("同意可否を選択する", "Choose what to consent to"), Some(language.t(
                    "マイナ在宅受付Webへ移ります。マイナンバーカードと4桁の暗証番号を用意してください",
                    "Leads to マイナ在宅受付Web. Have your card and its 4-digit PIN at hand",
                ))))
                (components::secondary_link("/pictures", language.t("保険証画像をアップロードする", "Send a picture instead"), None))
            }))
            (components::panel(language.t("予約の内容", "Your visit"), components::description_list(&[
                (language.t("医療機関", "Institution"), html! {
                    (language.t("見本内科クリニック", "Mihon Clinic")) " " (components::insured_badge(language))
                }),
                (language.t("日時", "When"), html! { (icon::calendar()) (language.t("2026年11月24日（火）10:30", "24 November 2026, 10:30")) }),
                (language.t("状態", "State"), components::badge(BadgeTone::Attention, language.t("保険の確認待ち", "Insurance to be proven"))),
            ])))
            (components::notice(Tone::Warning, language.t("登録状況を確認できません", "We cannot know whether you registered"), html! {
                p { (language.t("「手続きを終了する」を押さずに画面を閉じたようです。続きから始められます。", "It seems the page was closed before the end. You can go on where you left.")) }
            }))
            (components::key_number(language, language.t("入力する受診日", "The visit date to enter"), "2026年11月24日", "20261124"))
            (components::disclosure(language.t("マイナ保険証とは", "What is マイナ保険証?"), html! {
                p { (language.t("健康保険証として使えるように申し込んだマイナンバーカードのことです。", "A マイナンバーカード that was registered for use as a health insurance card.")) }
                p { (components::external_link(language, "https://example.jp/", language.t("くわしい説明", "Read more"))) }
            }))
            (components::post_button(frame, "/cancel", ButtonStyle::Quiet, language.t("予約を取り消す", "Cancel the visit")))
        })
}

fn upload(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("保険証画像を送る", "Send a picture of your insurance document"))
        .lead(language.t("医療機関だけが見ることができます。", "Only the clinic can see it."))
        .main(html! {
            (components::notice(Tone::Info, language.t("マイナンバーカードのうら面は送らないでください", "Do not send the back of a マイナンバーカード"), html! {
                p { (language.t("12桁の番号は使いません。", "The 12-digit number is not needed.")) }
            }))
            (components::upload_form(frame, "/pictures", html! {
                (components::field_row(html! {
                    (FileSlot::new(language, Side::Front, "front").document_name(language.t("資格確認書", "Insurance document"))
                        .support(language.t("四すみが入るように、明るいところで撮ってください。", "Take it in good light with all four corners visible.")))
                    (FileSlot::new(language, Side::Back, "back").document_name(language.t("資格確認書", "Insurance document")).optional()
                        .error(Some(language.t("文字が読めません。ぼやけないように撮り直してください。", "The text cannot be read. Please take it again without blur."))))
                }))
                (components::primary_button(language.t("この画像を送る", "Send these pictures"), Some(language.t("医療機関が確認し、結果をメールでお知らせします", "The clinic checks them and you get a mail"))))
            }))
        })
}

fn lists(frame: &Frame) -> Markup {
    let language = frame.language;
    let columns = [
        Column::text(language.t("患者", "Patient")),
        Column::text(language.t("時刻", "Time")),
        Column::text(language.t("保険", "Insurance")),
        Column::number(language.t("自己負担", "Share")),
        Column::text(language.t("次にすること", "Next")),
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
    Document::new(frame, language.t("本日の予約", "Today's visits")).wide().main(html! {
        (components::tabs(language.t("表示", "Show"), &[
            entry("/today", language.t("本日（3件）", "Today (3)"), true),
            entry("/tomorrow", language.t("明日（8件）", "Tomorrow (8)"), false),
            entry("/later", language.t("それ以降", "Later"), false),
        ]))
        (Table::new(language.t("本日の予約一覧", "Visits today"), &columns)
            .row(row(language.t("見本 花子", "Hanako Mihon"), "10:30", components::badge(BadgeTone::Good, language.t("確認済み", "Confirmed")), "30%", language.t("診察", "Visit")))
            .row(row(language.t("見本 太郎", "Taro Mihon"), "11:00", components::badge(BadgeTone::Attention, language.t("画像あり", "Picture sent")), "–", language.t("画像を見る", "Look at the picture")))
            .row(row(language.t("見本 ●一", "●ichi Mihon"), "11:15", components::badge(BadgeTone::Bad, language.t("未登録", "Nothing yet")), "–", language.t("同意を依頼する", "Ask for consent"))))
        (components::pagination(language, 5, 9, |page| format!("/today?page={page}")))
        (components::section(language.t("医療機関", "Clinics"), components::card_list(&[
            components::link_card("/institutions/1", language.t("見本内科クリニック", "Mihon Clinic"), html! {
                p { (components::insured_badge(language)) " " (components::badge(BadgeTone::Neutral, language.t("内科", "General medicine"))) }
                p { (icon::clock()) (language.t("最短 11月24日（火）10:30", "Next: 24 November, 10:30")) }
            }),
            components::link_card("/institutions/2", language.t("見本皮フ科", "Mihon Skin Clinic"), html! {
                p { (components::badge(BadgeTone::Neutral, language.t("皮膚科", "Dermatology"))) }
                p { (icon::clock()) (language.t("最短 11月25日（水）9:00", "Next: 25 November, 9:00")) }
            }),
        ])))
        (components::empty_state(language.t("明日の予約はありません", "No visits tomorrow"), html! {
            p { (language.t("予約が入ると、ここに表示されます。", "They will be listed here.")) }
        }))
        (components::columns(
            components::panel(language.t("メモ", "Note"), html! { p { (language.t("電話で確認しました。", "Confirmed by telephone.")) } }),
            components::panel(language.t("すべての同意を取消す", "Withdraw all consents"), components::form(frame, "/withdraw", html! {
                (components::danger_button(language.t("取消す", "Withdraw"), Some(language.t("もとに戻せません", "This cannot be undone"))))
                (components::quiet_button(language.t("やめる", "Keep them")))
            })),
        ))
        (components::print_sheet(components::panel(language.t("資格情報", "Eligibility"), html! {
            (components::description_list(&[
                (language.t("保険者番号", "Insurer"), html! { "01130012" }),
                (language.t("有効期限", "Valid until"), html! { "2027-03-31" }),
                (language.t("氏名", "Name"), components::blank_line(language, "見本 花子")),
                (language.t("電話番号", "Telephone"), components::blank_line(language, "")),
                (language.t("性別", "Sex"), components::paper_checkboxes(&[language.t("男", "Male"), language.t("女", "Female")])),
            ]))
            (components::print_button(language.t("印刷する", "Print")))
        })))
    })
}

fn pin(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("暗証番号を入力", "Enter the PIN"))
        .lead(language.t("利用者証明用電子証明書の4桁の数字です", "The four digits of the authentication certificate"))
        .main(html! {
            (components::form(frame, "/pin", html! {
                (PinEntry::new(language, "pin", language.t("4桁の暗証番号", "4-digit PIN")).tries_left(2)
                    .error(Some(language.t("暗証番号が違います", "That is not the PIN"))))
                (components::bottom_bar(html! {
                    (components::primary_button(language.t("次へ", "Next"), Some(language.t("カードを読み取ります", "The card is read next"))))
                }))
            }))
        })
}

fn waiting_page(frame: &Frame) -> Markup {
    let language = frame.language;
    let poll = Poll { url: "/status".to_owned(), every_milliseconds: 2_000 };
    Document::new(frame, language.t("アプリで認証してください", "Go on in the app"))
        .above_heading(components::reception_steps(language, ReceptionStep::Authenticate))
        .main(html! {
            (components::waiting_panel(frame, &poll, language.t("カードの読み取りを待っています", "Waiting for the card"), html! {
                p { (language.t("この画面は開いたままにしてください。", "Keep this page open.")) }
            }))
            (components::big_digits(language.t("アプリに表示される番号", "The number in the app"), "472"))
            (components::qr(
                "<svg viewBox=\"0 0 4 4\"><path fill=\"#fff\" d=\"M0 0h4v4H0z\"/><path d=\"M1 1h1v1H1zM2 2h1v1H2z\"/></svg>",
                language.t("スマートフォンで読み取るQRコード", "QR code for your phone"),
            ))
            (components::section(language.t("うまくいかないときは", "If it does not work"), components::numbered_list(&[
                html! { b { (language.t("ケースを外す", "Take off the case")) } p { (language.t("厚いケースや金属は読み取りをさまたげます。", "Thick cases and metal get in the way.")) } },
                html! { b { (language.t("机の上に置く", "Use a table")) } p { (language.t("金属でない机にカードを置きます。", "Lay the card on a table that is not metal.")) } },
                html! { b { (language.t("動かさない", "Hold still")) } p { (language.t("読み取りが終わるまで待ちます。", "Wait until it is done.")) } },
            ])))
        })
}

fn completion_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("同意を登録しました", "Your consent is registered"))
        .above_heading(components::reception_steps(language, ReceptionStep::Finish))
        .main(html! {
            (drawing::done(language))
            (components::notice(Tone::Success, language.t("登録が完了しました", "Registered"), html! {
                p { (language.t("2026年11月24日（火）まで有効です。", "Valid to the end of 24 November 2026.")) }
            }))
            (components::notice(Tone::Error, language.t("カードを読み取れませんでした", "The card could not be read"), html! {
                p { (language.t("登録の内容は残っています。もう一度お試しください。", "Nothing was lost. Please try again.")) }
            }))
            (components::form(frame, "/finish", components::primary_button(language.t("手続きを終了する", "Finish"), Some(language.t("オンライン診療に戻ります", "Leads back to online care")))))
        })
}

fn drawings(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("絵とアイコン", "Drawings and icons")).main(html! {
        @for drawing in [
            drawing::hold_card(language, drawing::PhoneKind::Android), drawing::hold_card(language, drawing::PhoneKind::Iphone),
            drawing::card_reader(language), drawing::back_to_browser(language), drawing::identity_card(language),
            drawing::document(language, Side::Front), drawing::document(language, Side::Back), drawing::done(language), drawing::locked(language),
        ] { (components::plain_panel(drawing)) }
        ul { @for (name, icon) in icon::all() { li { (icon) (name) } } }
    })
}
