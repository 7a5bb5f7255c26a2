//! 資格確認（記号・番号）: the typed items are requested as OQSsiquc01, or refused at their fields.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use oqs::{FileName, LimitConsentFlag, Message, Outcome, ResponseMessage, ResultCode};
use test_browser::Page;

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour, response_header},
    },
};

type ReceivedRequests = Arc<Mutex<Vec<oqs::QualificationRequest>>>;

/// Sends a valid form with `fields` instead of its own; returns the page and the requests to the system.
async fn check_document(
    response: oqs::QualificationResponse,
    fields: &[(&str, &str)],
) -> (Page, Vec<oqs::QualificationRequest>) {
    let requests = ReceivedRequests::default();
    let recorded = requests.clone();
    let system = FakeEligibilitySystem::start(move |name: &FileName, question| match question {
        Message::QualificationRequest(request) => {
            assert_eq!(name.interface().prefix(), "OQSsiquc01req");
            let header = response_header(&request.header);
            recorded.lock().unwrap().push(request.body);
            Reply::Message(Message::QualificationResponse(ResponseMessage {
                header,
                outcome: Outcome::Normal(response.clone()),
            }))
        }
        question => ordinary_behaviour(Vec::new())(name, question),
    })
    .await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let form = desk.get("/by-document").await;
    let valid = [
        ("insurer", "33120015"),
        ("symbol", "見本１２"),
        ("number", "1234567"),
        ("branch", "01"),
        ("born_year", "1984"),
        ("born_month", "5"),
        ("born_day", "2"),
    ];
    let changed = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    let mut form_fields: Vec<_> = valid.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect();
    form_fields.extend(fields.iter().filter(|(name, _)| valid.iter().all(|(field, _)| field != name)));
    let page = desk.submit_form(&form, "/by-document", &form_fields).await;
    let requests = requests.lock().unwrap().clone();
    (page, requests)
}

fn qualification_response(
    code: Option<ResultCode>,
    validity: oqs::QualificationValidity,
) -> oqs::QualificationResponse {
    oqs::QualificationResponse {
        processing: code.map_or_else(oqs::ProcessingResult::normal, ResultCode::processing_result),
        validity: Some(validity),
        prescription: None,
        search: None,
        ended_consents: None,
        results: if code.is_none() { vec![fixtures::unregistered_person()] } else { Vec::new() },
    }
}

#[tokio::test]
async fn the_desk_asks_by_what_stands_on_the_document() {
    let valid = || qualification_response(None, oqs::QualificationValidity::Valid);
    let (page, requests) = check_document(valid(), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["資格：有効", "見本　花子", "見本共済組合", "記号・番号", "印刷する"] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    // Without a registration there are no consents.
    assert!(!page.body.contains("同意の状況"));
    let search = &requests[0].search;
    assert_eq!((search.insurer.to_string().as_str(), search.number.as_str()), ("33120015", "1234567"));
    assert_eq!(search.symbol.as_ref().map(oqs::CardSymbol::as_str), Some("見本１２"));
    assert_eq!((search.branch, search.birthdate), (oqs::BranchNumber::new(1), fixtures::day("1984-05-02")));
    assert_eq!(search.limit_consent, Some(LimitConsentFlag::NotGiven));
    let full = [("insurer", "１３８０５７"), ("born_year", "１９８４"), ("branch", ""), ("limit", "1")];
    let (page, requests) = check_document(valid(), &full).await;
    assert_eq!(page.status, StatusCode::OK);
    let search = &requests[0].search;
    assert_eq!((search.insurer.to_string().as_str(), search.branch), ("138057", None));
    assert_eq!(search.limit_consent, Some(LimitConsentFlag::Given));
}

#[tokio::test]
async fn a_wrong_check_digit_is_refused_at_the_field_and_nothing_is_asked() {
    async fn check(fields: &[(&str, &str)], field: &str, reason: &str) {
        let (page, requests) =
            check_document(qualification_response(None, oqs::QualificationValidity::Valid), fields).await;
        assert_eq!((page.status, requests.len()), (StatusCode::UNPROCESSABLE_ENTITY, 0), "{fields:?}");
        let error = page.body.split(&format!("id=\"field-{field}-error\"")).nth(1).unwrap_or_default();
        let error = error.split("</p>").next().unwrap_or_default();
        assert!(error.contains(reason), "{reason} in {}", page.body);
        // The typed items are still in the form.
        assert!(page.body.contains("value=\"1234567\""));
    }
    check(&[("insurer", "33120014")], "insurer", "検証番号").await;
    check(&[("insurer", "１３８０５８")], "insurer", "検証番号").await;
    check(&[("insurer", "99120015")], "insurer", "法別番号").await;
    check(&[("insurer", "33990015")], "insurer", "都道府県").await;
    check(&[("insurer", "3312001")], "insurer", "8桁").await;
    check(&[("born_month", "13")], "born", "生年月日").await;
    check(&[("branch", "A")], "branch", "枝番").await;
}

#[tokio::test]
async fn no_insurance_and_several_persons_are_told_apart() {
    use oqs::QualificationValidity as V;
    async fn check(response: oqs::QualificationResponse, texts: &[&str]) {
        let page = check_document(response, &[]).await.0;
        assert_eq!(page.status, StatusCode::OK);
        for text in texts {
            assert!(page.body.contains(text), "{text} in {}", page.body);
        }
    }
    check(
        qualification_response(Some(ResultCode::NoInsurance), V::NotFound),
        &["資格：該当資格なし", "読み違い", "href=\"/statement\""],
    )
    .await;
    check(
        qualification_response(Some(ResultCode::SeveralPersons), V::Several),
        &["資格：複数の方が該当します", "枝番"],
    )
    .await;
    check(qualification_response(None, V::Invalid), &["資格：無効", "見本　花子"]).await;
    check(qualification_response(None, V::InvalidWithNewer), &["資格：無効（新しい資格あり）"]).await;
}

#[tokio::test]
async fn a_system_that_is_closed_leaves_the_form_as_it_was_filled() {
    let system = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let (terminal, folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let form = desk.get("/by-document").await;
    let fields =
        [("insurer", "33120015"), ("number", "7654321"), ("born_year", "1984"), ("born_month", "5"), ("born_day", "2")];
    let page = desk.submit_form(&form, "/by-document", &fields).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    for text in ["停止中です", "value=\"7654321\"", "href=\"/statement\""] {
        assert!(page.body.contains(text), "{text}");
    }
    // Nothing of it is stored.
    for file in std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"7654321"), "{}", file.display());
    }
}
