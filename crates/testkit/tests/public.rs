//! What is open to anybody: the demo's doors for programs.

use std::{collections::BTreeSet, sync::LazyLock};

use serde_json::Value;
use testkit::{Browser, World};

/// Everything runs on one runtime: clients keep connections that belong to it.
static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));

fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

fn world() -> &'static World {
    World::shared()
}

async fn read_door(path: &str) -> Vec<Value> {
    let answer = world().http().get(world().addresses().home.at(path)).send().await.expect("an answer");
    serde_json::from_str(&answer.text().await.expect("a body")).expect("a list")
}

#[test]
fn a_program_learns_all_that_the_pages_of_people_and_institutions_show() {
    run(async {
        let home = &world().addresses().home;
        let browser = Browser::new(world());
        let texts = |value: &Value| -> Vec<String> { value.as_str().map(str::to_owned).into_iter().collect() };

        let institutions = read_door("/control/institutions").await;
        let page = browser.open(&home.at("/institutions")).await;
        assert_eq!(page.body.matches("<tr").count(), institutions.len() + 1, "a row for each, and a heading");
        let mut takes = BTreeSet::new();
        for known in &institutions {
            let desk = known["desk"].as_array().expect("a desk");
            let accounts = desk.iter().flat_map(|account| [&account["mail"], &account["password"]]);
            for shown in [&known["code"], &known["name"], &known["terminal_password"]].into_iter().chain(accounts) {
                page.clone().says(shown.as_str().expect("a text"));
            }
            for url in texts(&known["fixed_url"]) {
                page.clone().says(&url);
            }
            assert!(!desk.is_empty() && known["menus"][0]["number"] == 1, "{known}");
            assert!(known["name_english"].as_str().is_some_and(str::is_ascii), "{known}");
            takes.extend(texts(&known["takes"]));
        }
        assert_eq!(takes, ["fixed_url", "hand_over", "picture_only"].map(str::to_owned).into());

        let people = read_door("/control/people").await;
        let page = browser.open(&home.at("/people")).await;
        assert_eq!(page.body.matches("<tr").count(), people.len() + 1, "a row for each, and a heading");
        for known in &people {
            for shown in [&known["name"], &known["kana"], &known["pin"], &known["note"]["ja"]] {
                page.clone().says(shown.as_str().expect("a text"));
            }
            for password in texts(&known["signature_password"]) {
                page.clone().says(&password);
            }
            assert!(known["label"]["en"].is_string() && known["documents"].is_array(), "{known}");
            let tries = known["card"]["tries_left"].as_u64().expect("a number");
            assert_eq!(known["card"]["locked"], tries == 0, "{known}");
        }
        let locked = people.iter().filter(|known| known["card"]["locked"] == true).count();
        assert!((1..people.len()).contains(&locked), "some cards are locked, most are not: {locked}");
    });
}
