//! A patient leaves, reloads, goes back, submits twice, uses two tabs or loses the cookies, at any step of the procedure:
//! afterwards one reception is in force, the service has its number, and every page on the way has a next step.

use app_auth::{AuthenticationOutcome, Device, OpenMethod};
use base::ReceptionNumber;
use reqwest::StatusCode;
use testkit::{App, Browser, Card, Page, block_on};

use crate::{
    depart_to_reception, institution, read_returned_code, redeem_code, return_address, today, token_form, world,
};

/// The step at which a procedure is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ProcedureStep {
    Choose,
    Confirm,
    Authenticate,
    Registered,
}

const STEPS: [ProcedureStep; 4] =
    [ProcedureStep::Choose, ProcedureStep::Confirm, ProcedureStep::Authenticate, ProcedureStep::Registered];

/// A procedure in progress, with every page that was shown.
struct DisturbedProcedure {
    browser: Browser<'static>,
    departure: handover::Departure,
    reference: String,
    card: Card,
    /// The address that opened the reception.
    arrival_address: String,
    pages: Vec<Page>,
    /// The return address that the app opened.
    return_address: Option<String>,
}

impl DisturbedProcedure {
    /// Runs a procedure from the beginning to this step.
    async fn start_at(step: ProcedureStep, reference: String) -> Self {
        let (browser, card) = (Browser::on_android(world()), Card::issue(world()).await);
        let service = world().service();
        let departure = service.new_departure(institution(), today(), &reference);
        let arrival_address = service.push_departure(&departure).await;
        let pages = vec![browser.open(&arrival_address).await];
        let mut procedure = Self { browser, departure, reference, card, arrival_address, pages, return_address: None };
        while procedure.current_step() < step {
            let page = procedure.take_next_step(procedure.current_page().clone()).await;
            procedure.pages.push(page);
        }
        procedure
    }

    fn current_page(&self) -> &Page {
        self.pages.last().expect("a journey begins with a page")
    }

    fn current_step(&self) -> ProcedureStep {
        STEPS[self.pages.len() - 1]
    }

    /// Submits the next step that a page offers, whichever page it is.
    async fn take_next_step(&mut self, page: Page) -> Page {
        let path = page.url.path().to_owned();
        let last_segment = path.rsplit('/').next().unwrap_or_default();
        match last_segment {
            "choose" => self.browser.submit_form(&page, "/choose", &[("all", "agree")]).await,
            "confirm" => self.browser.submit_form(&page, "/confirm", &[]).await,
            "registered" => self.browser.submit_form(&page, "/finish", &[]).await,
            _ if path.starts_with("/authenticate/") => match page.find_links("/open?ticket=").first() {
                Some(link) => {
                    let app = App::open(world(), link);
                    let outcome = app
                        .authenticate(&self.card, Device::Android, OpenMethod::Link)
                        .await
                        .expect("the card is good");
                    let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
                    let address = return_address(&code);
                    self.return_address = Some(address.clone());
                    self.browser.open(&address).await
                }
                // The request was opened before or has expired: start a new one.
                None => self.browser.submit_form(&page, "/again", &[]).await,
            },
            _ => panic!("{path} ({}) has no next step:\n{}", page.status, page.body),
        }
    }

    /// Completes the procedure from this page: one reception is in force, whose number the service receives.
    async fn finish(mut self, mut page: Page, description: &str) -> ChoiceCounts {
        for _ in 0..8 {
            if page.url.port() == Some(1) {
                break;
            }
            page = self.take_next_step(page).await;
        }
        let code = read_returned_code(&self.departure, &page).await;
        let service = world().service();
        let (status, body) = redeem_code(&service, &token_form(&service, &self.departure, &code).await).await;
        let reception = self.departure.read_token_response(status, &body).expect("the code is redeemed").reception;
        let (numbers, choices) = list_receptions_in_force(&self.card).await;
        assert_eq!(numbers, [reception.reception_number], "{description}");
        choices
    }

    /// Departs from the service again, in the current browser.
    async fn depart_again(&mut self) -> Page {
        let (departure, page) = depart_to_reception(&world().service(), &self.browser, &self.reference).await;
        self.departure = departure;
        page
    }
}

fn has_primary_button(page: &Page) -> bool {
    page.body.contains("class=\"button primary\"")
}

/// The numbers of consent choices in a list of receptions.
#[derive(Debug, PartialEq, Eq)]
struct ChoiceCounts {
    agreed: usize,
    declined: usize,
}

const ALL_AGREED: ChoiceCounts = ChoiceCounts { agreed: 6, declined: 0 };

/// The receptions in force of a card's holder, from the page 同意照会・更新.
async fn list_receptions_in_force(card: &Card) -> (Vec<ReceptionNumber>, ChoiceCounts) {
    let browser = Browser::on_android(world());
    let page = browser.open(&world().addresses().reception.url("/review")).await;
    let page = browser.submit_form(&page, "/review", &[]).await;
    let app = App::open(world(), &page.find_link("/open?ticket="));
    let outcome = app.authenticate(card, Device::Android, OpenMethod::Link).await.expect("the card is good");
    let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
    let list_page = browser.open(&return_address(&code)).await.assert_contains("登録されている同意");
    let numbers = list_page.find_links("/review/receptions/");
    let numbers = numbers.iter().filter_map(|link| link.rsplit('/').next()?.parse().ok()).collect();
    let count_label = |label: &str| list_page.body.matches(&format!(">{label}<")).count();
    (numbers, ChoiceCounts { agreed: count_label("同意する"), declined: count_label("同意しない") })
}

/// Disturbs the procedure at each step; each time it ends with one reception to which everything was agreed.
async fn check_disturbance(disturbance: &str, disturb: impl AsyncFn(&mut DisturbedProcedure) -> Page) {
    for step in STEPS {
        let description = format!("{disturbance} at {step:?}");
        let mut procedure = DisturbedProcedure::start_at(step, description.to_lowercase().replace(' ', "-")).await;
        let page = disturb(&mut procedure).await;
        assert_eq!(procedure.finish(page, &description).await, ALL_AGREED, "{description}");
    }
}

#[test]
fn undisturbed_it_ends_well() {
    block_on(check_disturbance("nothing", async |procedure| procedure.current_page().clone()));
}

#[test]
fn reloading_changes_nothing() {
    block_on(check_disturbance("reloaded", async |procedure| {
        let page = procedure.current_page().clone();
        let reloaded = procedure.browser.open(page.url.as_str()).await;
        assert_eq!((reloaded.status, &reloaded.url), (StatusCode::OK, &page.url));
        reloaded
    }));
}

#[test]
fn the_back_button_leads_to_a_page_that_goes_on() {
    block_on(check_disturbance("gone back", async |procedure| match procedure.pages.iter().rev().nth(1) {
        Some(previous_page) => procedure.browser.open(previous_page.url.as_str()).await,
        None => procedure.browser.open(&procedure.arrival_address).await,
    }));
}

#[test]
fn whoever_goes_back_to_the_first_page_may_choose_anew_until_it_is_registered() {
    block_on(check_disturbance("gone back to the beginning", async |procedure| {
        let page = procedure.browser.open(procedure.pages[0].url.as_str()).await;
        let registered = procedure.current_step() == ProcedureStep::Registered;
        assert_eq!(page.url.path().ends_with("/registered"), registered, "{}", page.url);
        page
    }));
}

#[test]
fn a_form_that_is_sent_twice_counts_once() {
    block_on(check_disturbance("pressed twice", async |procedure| {
        let previous_page = procedure.pages.iter().rev().nth(1).cloned();
        match (procedure.current_step(), previous_page) {
            (ProcedureStep::Confirm, Some(choices_page)) => {
                procedure.browser.submit_form(&choices_page, "/choose", &[("all", "agree")]).await
            }
            (ProcedureStep::Authenticate, Some(confirmation_page)) => {
                procedure.browser.submit_form(&confirmation_page, "/confirm", &[]).await
            }
            (ProcedureStep::Registered, _) => {
                let page = procedure.browser.open(procedure.return_address.as_ref().expect("the app led back")).await;
                assert_eq!(page.url, procedure.current_page().url);
                page
            }
            _ => procedure.browser.open(&procedure.arrival_address).await,
        }
    }));
}

#[test]
fn whoever_leaves_and_comes_from_the_service_again_goes_on() {
    block_on(check_disturbance("left", async |procedure| {
        let last_url = procedure.current_page().url.clone();
        let page = procedure.depart_again().await;
        // The same procedure continues; a registration is not repeated.
        let procedure_path = |path: &str| path.rsplit_once('/').map(|(procedure_path, _)| procedure_path.to_owned());
        assert_eq!(procedure_path(page.url.path()), procedure_path(last_url.path()), "{}", page.url);
        page
    }));
}

#[test]
fn whoever_ends_it_may_begin_again_and_what_stands_cannot_be_ended() {
    block_on(check_disturbance("abandoned", async |procedure| {
        if procedure.current_step() == ProcedureStep::Registered {
            // An older tab still shows the button.
            let older_page = procedure.pages[0].clone();
            let page = procedure.browser.submit_form(&older_page, "/abandon", &[]).await;
            assert_eq!(page.url, procedure.current_page().url);
            return page;
        }
        let page = procedure.browser.submit_form(procedure.current_page(), "/abandon", &[]).await;
        assert_eq!(page.query_parameter("error").as_deref(), Some("access_denied"));
        let result_page =
            procedure.browser.open(procedure.pages[0].url.as_str()).await.assert_contains("登録されていません");
        assert!(has_primary_button(&result_page));
        procedure.depart_again().await
    }));
}

#[test]
fn whoever_lost_her_cookies_is_told_so_and_begins_again() {
    block_on(check_disturbance("cookies lost", async |procedure| {
        let new_browser = Browser::on_android(world());
        for page in &procedure.pages {
            let error_page = new_browser
                .open(page.url.as_str())
                .await
                .assert_contains("この手続きは、このブラウザでは続けられません");
            assert_eq!(error_page.status, StatusCode::NOT_FOUND);
            assert!(has_primary_button(&error_page));
        }
        procedure.browser = new_browser;
        let page = procedure.depart_again().await;
        assert!(page.url.path().ends_with("/choose"));
        page
    }));
}

#[test]
fn whoever_finds_her_cookies_again_goes_on_where_she_was() {
    block_on(check_disturbance("cookies found", async |procedure| {
        // Another browser opens the page and the arrival address and is refused.
        let other_browser = Browser::on_android(world());
        assert_eq!(other_browser.open(procedure.current_page().url.as_str()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other_browser.open(&procedure.arrival_address).await.status, StatusCode::GONE);
        let page = procedure.browser.open(procedure.current_page().url.as_str()).await;
        assert_eq!(page.url, procedure.current_page().url);
        page
    }));
}

/// Declines every item in a second tab of the same browser, up to a step.
async fn decline_in_another_tab(procedure: &DisturbedProcedure, last_step: ProcedureStep) -> Page {
    let choices_page = procedure.browser.open(procedure.pages[0].url.as_str()).await;
    let items = ["operations", "treatments", "medicines", "check-ups", "limits", "specific-diseases"];
    let declined: Vec<_> = items.iter().map(|item| (*item, "decline")).collect();
    let confirmation_page = procedure.browser.submit_form(&choices_page, "/choose", &declined).await;
    assert!(confirmation_page.url.path().ends_with("/confirm"), "{}", confirmation_page.url);
    if last_step == ProcedureStep::Confirm {
        return confirmation_page;
    }
    procedure.browser.submit_form(&confirmation_page, "/confirm", &[]).await
}

#[test]
fn of_two_tabs_that_choose_differently_nothing_is_registered_that_was_not_shown_last() {
    block_on(async {
        for last_step in [ProcedureStep::Confirm, ProcedureStep::Authenticate] {
            let description = format!("two tabs, the other {last_step:?}");
            let reference = format!("two-tabs-{last_step:?}").to_lowercase();
            let mut procedure = DisturbedProcedure::start_at(ProcedureStep::Confirm, reference).await;
            decline_in_another_tab(&procedure, last_step).await;
            // The first tab still shows consent to all items, and submits that.
            let page = procedure.take_next_step(procedure.current_page().clone()).await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{description}");
            let page = page.assert_contains("別の画面で選び直されています").assert_contains("同意しない");
            assert!(page.url.path().ends_with("/confirm"), "{description}: {}", page.url);
            // It shows the current choices, which are confirmed then.
            let choices = procedure.finish(page, &description).await;
            assert_eq!(choices, ChoiceCounts { agreed: 0, declined: 6 }, "{description}");
        }
    });
}

#[test]
fn a_tab_that_waits_for_the_card_follows_the_one_that_chose_again() {
    block_on(async {
        let mut procedure =
            DisturbedProcedure::start_at(ProcedureStep::Authenticate, "two-tabs-waiting".to_owned()).await;
        let ticket = procedure.current_page().find_link("/open?ticket=");
        decline_in_another_tab(&procedure, ProcedureStep::Authenticate).await;
        // The app that the first tab opened has a request that was replaced.
        let app = App::open(world(), &ticket);
        let refused =
            app.authenticate(&procedure.card, Device::Android, OpenMethod::Link).await.err().expect("it is refused");
        assert_eq!(refused.code, "reception.authentication.step");
        let page = procedure.browser.open(procedure.current_page().url.as_str()).await;
        assert_ne!(page.url, procedure.current_page().url, "it redirects to the newer authentication request");
        procedure.pages.push(page.clone());
        let choices = procedure.finish(page, "waiting in two tabs").await;
        assert_eq!(choices, ChoiceCounts { agreed: 0, declined: 6 });
    });
}

#[test]
fn when_both_tabs_finish_the_service_is_told_of_one_reception() {
    block_on(async {
        let procedure = DisturbedProcedure::start_at(ProcedureStep::Registered, "two-tabs-finish".to_owned()).await;
        let other_tab = procedure.browser.open(procedure.current_page().url.as_str()).await;
        let first = procedure.browser.submit_form(procedure.current_page(), "/finish", &[]).await;
        assert!(first.query_parameter("code").is_some());
        assert_eq!(procedure.finish(other_tab, "finished in two tabs").await, ALL_AGREED);
    });
}
