//! 被保険者資格申立書: a form on paper, with what is known in it, and the system is not asked for it.

use oqs::{Processing, QualificationValidity};

use super::{
    browser::{Browser, terminal},
    counterpart::{Counterpart, ordinary},
};
use crate::{Role, pages::made_up};

#[tokio::test]
async fn a_statement_has_what_list_and_appointment_tell_and_asks_nothing() {
    let nobody = made_up::unit(Processing::normal(), Some(QualificationValidity::NotFound), Vec::new());
    let other = Counterpart::start(ordinary(vec![nobody])).await;
    let (terminal, _folder) = terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(made_up::institution(), Role::Staff).await;
    let blank = desk.get("/statement").await;
    for shown in
        ["被保険者資格申立書", "見本クリニック", "保険者名", "事業所名", "署名", "（記入欄）", "2026年11月24日"]
    {
        assert!(blank.html.contains(shown), "{shown} in {}", blank.html);
    }
    let form = desk.get("/appointments").await;
    let line = format!("10:30,見本 花子,ミホン ハナコ,1984-05-02,{}", made_up::number());
    desk.post(&form, "/appointments", &[("day", made_up::VISIT), ("lines", &line)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    assert!(sheet.html.contains(&format!("href=\"{href}/statement\"")), "{}", sheet.html);
    let asked = other.asked();
    let known = desk.get(&format!("{href}/statement")).await;
    for shown in ["見本 花子", "ミホン ハナコ", "昭和59年5月2日"] {
        assert!(known.html.contains(shown) && !blank.html.contains(shown), "{shown}");
    }
    assert_eq!(other.asked(), asked);
}

#[tokio::test]
async fn whose_insurance_is_valid_writes_none() {
    let valid = made_up::unit(Processing::normal(), Some(QualificationValidity::Valid), vec![made_up::rich_person()]);
    let other = Counterpart::start(ordinary(vec![valid])).await;
    let (terminal, _folder) = terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(made_up::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    assert!(!desk.get(&href).await.html.contains("/statement"));
}
