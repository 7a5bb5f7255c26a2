//! Who may use which page of a clinic, and that accounts from before there were roles lose nothing.

use std::collections::BTreeSet;

use database::{Database, Transaction, test_database};
use http::{Method, StatusCode};
use test_browser::{Browser, Page};
use web::{Access, Route};

use crate::{
    appointments,
    clinic::{
        rules::staff_role::StaffRole,
        store::staff::{Manager, NewStaffMember, StaffMember},
    },
    directory,
    refusal::Refusal,
    store::{
        Store,
        schema::{MIGRATIONS, STAFF_ROLES},
    },
    tests::{
        stores::{add_institution, now, stores},
        world::{World, world},
    },
};

const PASSWORD: &str = "correct horse battery";

impl World {
    /// A browser that is signed in at the sample institution of this index with a new account of this role.
    pub(crate) async fn sign_in_with_role(&self, institution_index: usize, role: StaffRole) -> Browser {
        let institution = directory::samples::institutions()[institution_index].code;
        let mail = format!("{role}{institution_index}@example.jp");
        let new = NewStaffMember { institution, mail: &mail, name: role.as_str(), role };
        self.consult.add_staff(new, PASSWORD).await.expect("an account is made");
        let mut browser = self.browser();
        let credentials = [("mail", mail.as_str()), ("password", PASSWORD)];
        let signed_in = browser.open_and_submit("/desk/sign-in", "/desk/sign-in", &credentials).await;
        assert_eq!(signed_in.redirect_target(), "/desk/visits");
        browser
    }
}

/// The staff member with an account that was just made at an institution.
pub(super) async fn add_member(store: &Store, new: NewStaffMember<'_>) -> StaffMember {
    let id = store.add_staff(new, PASSWORD, now()).await.expect("an account is made");
    StaffMember {
        id,
        institution: new.institution,
        institution_name: String::new(),
        name: new.name.to_owned(),
        role: new.role,
    }
}

/// Sends a request to a route, with a valid token and without the fields of its form.
async fn request_route(browser: &mut Browser, page: &Page, route: &Route) -> Page {
    let id = appointments::samples::appointment_id().to_string();
    let path = route
        .path
        .replace("{patient}", &id)
        .replace("{menu}", "1")
        .replace("{id}", &id)
        .replace("{picture}", &id)
        .replace("{session}", "x")
        .replace("{number}", "1");
    if route.method == Method::GET { browser.get(&path).await } else { browser.post_with_token(page, &path, &[]).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_finds_its_own_pages_and_no_other() {
    let world = world().await;
    let is_restricted = |route: &Route| matches!(route.access, Access::SignedIn | Access::Role(_));
    let routes: Vec<_> = world.consult.routes().into_iter().filter(|route| route.path.starts_with("/desk")).collect();
    let restricted: Vec<_> = routes.iter().filter(|route| is_restricted(route)).collect();
    assert!(restricted.iter().any(|route| route.access == Access::Role("manager")));
    let mut stranger = world.browser();
    let page = stranger.get("/desk/sign-in").await;
    for route in &restricted {
        let response = request_route(&mut stranger, &page, route).await;
        let is_form_refused = route.method == Method::POST && response.status.is_client_error();
        assert!(is_form_refused || response.redirect_target() == "/desk/sign-in", "{route:?}: {}", response.status);
    }
    for role in StaffRole::ALL {
        let mut browser = world.sign_in_with_role(0, role).await;
        let page = browser.get("/desk/settings").await;
        assert_eq!(page.body.contains("href=\"/desk/staff\""), role == StaffRole::Manager, "{role}");
        for route in &restricted {
            let response = request_route(&mut browser, &page, route).await;
            let is_missing = response.status == StatusCode::NOT_FOUND;
            match route.access {
                Access::Role(required) if required != role.as_str() => assert!(is_missing, "{role} {route:?}"),
                // The sample visit, account and invitation do not exist.
                _ if route.path.contains('{') => {}
                _ if route.method == Method::GET => assert_eq!(response.status, StatusCode::OK, "{role} {route:?}"),
                _ => assert!(!is_missing, "{role} {route:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_manager_sees_the_accounts_of_the_own_clinic_alone() {
    for (engine, store, _trial) in stores() {
        let mut offers = directory::samples::offers();
        let other = add_institution(&store, offers.remove(1)).await;
        let own = add_institution(&store, offers.remove(0)).await;
        let new = |institution, mail, role| NewStaffMember { institution, mail, name: "見本", role };
        let manager = add_member(&store, new(own, "manager@example.jp", StaffRole::Manager)).await;
        let desk = add_member(&store, new(own, "desk@example.jp", StaffRole::Desk)).await;
        add_member(&store, new(other, "other@example.jp", StaffRole::Manager)).await;
        assert_eq!(Manager::from_staff(desk), None, "{engine}");
        let manager = Manager::from_staff(manager).expect("a manager");
        let accounts = store.list_staff(&manager).await.expect("the list");
        let mails: BTreeSet<_> = accounts.iter().filter_map(|account| account.mail.as_deref()).collect();
        assert_eq!(mails, ["desk@example.jp", "manager@example.jp"].into(), "{engine}");
    }
}

#[tokio::test]
async fn accounts_from_before_there_were_roles_are_managers() {
    let roles = MIGRATIONS.iter().position(|migration| migration.name == STAFF_ROLES.name).expect("it is listed");
    for trial in test_database::open_on_each_engine("consult", &MIGRATIONS[..roles]) {
        let code = directory::samples::institutions()[0].code;
        let write = move |transaction: &mut Transaction<'_>| -> Result<(), Refusal> {
            transaction.execute(
                "INSERT INTO institution (code, name, name_kana, name_english, prefecture, city, city_english, address,
                 address_english, phone, opening_text, opening_text_english, description, description_english,
                 closed_on_holidays, leave_by, search_key)
                 VALUES ($1, '', '', '', 13, '', '', '', '', '', '', '', '', '', 0, '', '')",
                &[&code],
            )?;
            transaction.execute(
                "INSERT INTO staff (id, institution, mail, name, password, active, made_at)
                 VALUES ('1', $1, 'desk@example.jp', '受付', '', 1, 0)",
                &[&code],
            )?;
            Ok(())
        };
        trial.database.write(write).await.expect("the old account is written");
        let database = Database::open(&trial.location, "consult", MIGRATIONS).expect("brought up to date");
        let read = database.read(|transaction: &mut Transaction<'_>| {
            let role = transaction.fetch_one("SELECT role FROM staff", &[], |row| row.get::<StaffRole>(0));
            role.map_err(Refusal::from)
        });
        assert_eq!(read.await.expect("its role"), StaffRole::Manager, "{}", trial.engine);
    }
}
