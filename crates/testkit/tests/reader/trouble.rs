//! What goes wrong between a card and its reader, and who may not use it.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use testkit::{Pcscd, Way, World, issued, said, until};

use crate::{both, card_file, client, refused};

const JPKI: &str = "00A4040C0AD392F000260100000001";
const RIGHT: &str = "00200098 0431323334";
const WRONG: &str = "00200098 0439393939";
const COUNT: &str = "00200098";

/// What the card answers to commands of one client.
fn answers(pcscd: &Pcscd, commands: &[&str]) -> Vec<String> {
    let commands: Vec<String> = commands.iter().map(|command| command.replace(' ', "")).collect();
    let words: Vec<&str> = std::iter::once("transmit").chain(commands.iter().map(String::as_str)).collect();
    said(&mut pcscd.own_client(&words)).lines().map(str::to_owned).collect()
}

#[test]
fn whoever_comes_second_gets_nothing_and_nothing_is_left_for_whoever_comes_after() {
    both(|pcscd| {
        let _card = pcscd.insert(&issued().data);
        let mut first = pcscd.own_client(&["hold", JPKI, &RIGHT.replace(' ', "")]);
        let mut first = first.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let held =
            BufReader::new(first.stdout.take().unwrap()).lines().map_while(Result::ok).find(|line| line == "held");
        assert!(held.is_some());
        let second = said(&mut pcscd.own_client(&["share"]));
        assert!(second.contains("other connections"), "{second}");
        refused(client(pcscd, &["opensc-tool", "-n"]));
        drop(first.stdin.take());
        assert!(first.wait().unwrap().success());
        // The first had verified the PIN and left the card without power: it signs for nobody.
        assert_eq!(answers(pcscd, &[JPKI, "802A03970148 00"])[1], "6982");
    });
}

#[test]
fn a_try_at_a_card_that_is_pulled_in_mid_command_is_spent() {
    both(|pcscd| {
        let file = card_file(pcscd);
        let card = pcscd.insert_with([file.as_str(), "--fault", "pulled-during=2"]);
        let pulled = answers(pcscd, &[JPKI, RIGHT]);
        assert_eq!(pulled[0], "9000");
        assert!(!pulled[1].starts_with("9000"), "{pulled:?}");
        assert!(card.wait().status.success());
        // Whoever was using it is told at once. The thread that watches the reader must have seen it too before a card comes:
        // vpcd looks but every 0.4 seconds, and takes one that was changed in between for the old one.
        until("the watcher has seen it", || pcscd.log().contains("Card Removed"));
        let card = pcscd.insert_with([&file]);
        assert_eq!(answers(pcscd, &[JPKI, COUNT, WRONG]), ["9000", "63C2", "63C1"]);
        card.remove();
        let _card = pcscd.insert_with([file.as_str(), "--fault", "answer=2:6581"]);
        assert_eq!(answers(pcscd, &[JPKI, RIGHT, COUNT]), ["9000", "6581", "63C1"]);
    });
}

#[test]
fn a_card_comes_with_what_is_wrong_with_it() {
    let pcscd = Pcscd::start(Way::Own);
    let check = |fault: &str, commands: &[&str], expected: &[&str]| {
        let file = card_file(&pcscd);
        let card = pcscd.insert_with([file.as_str(), "--fault", fault]);
        assert_eq!(answers(&pcscd, commands), expected, "{fault}");
        card.remove();
        std::fs::remove_file(format!("{file}.state")).unwrap();
    };
    check("one-try-left", &[JPKI, COUNT, WRONG, RIGHT], &["9000", "63C1", "63C0", "6984"]);
    check("locked", &[JPKI, RIGHT], &["9000", "6984"]);
    check(
        "no-signature",
        &[JPKI, "00B0880003", "00A4020C02001A", "802A03800148 00"],
        &["9000", "008F009000", "9000", "6A88"],
    );
    check("android", &[JPKI, "00B086000F", "00B08A0004"], &["9000", "4A504B49415047505345544F4B454E9000", "6982"]);
    check("slow=1", &[JPKI], &["9000"]);
}

#[test]
fn a_card_outlives_the_daemon() {
    both(|pcscd| {
        let file = card_file(pcscd);
        let card = pcscd.insert_with([&file]);
        assert_eq!(answers(pcscd, &[JPKI, WRONG]), ["9000", "63C2"]);
        pcscd.restart();
        said(&mut pcscd.own_client(&["wait", "present"]));
        assert_eq!(answers(pcscd, &[COUNT, JPKI, COUNT]), ["6A88", "9000", "63C2"]);
        card.remove();
    });
}

#[test]
fn the_app_and_the_reader_have_the_same_card() {
    const WHOSE: &str = "hayama-misaki";
    let data = World::shared().data();
    let pcscd = Pcscd::start_for(Way::Own, data.clone());
    let uketsuke = |words: &[&str]| {
        let mut command = pcscd.uketsuke(words);
        command.arg("--data").arg(&data);
        command
    };
    let tries = || {
        let listed = said(&mut uketsuke(&["card", "list"]));
        let line = listed.lines().find_map(|line| line.strip_prefix("hayama-misaki\t")).expect("she has a card");
        line[..1].to_owned()
    };
    assert_eq!(tries(), "3");
    let card = pcscd.insert_with([WHOSE]);
    assert_eq!(answers(&pcscd, &[JPKI, WRONG]), ["9000", "63C2"]);
    assert_eq!(tries(), "2", "the miss is in the drawer before it is answered");
    assert!(refused(uketsuke(&["card", "unlock", WHOSE])).contains("somebody else has the card in hand"));
    assert!(refused(uketsuke(&["card", "insert", WHOSE])).contains("a card lies in this reader already"));
    card.remove();
    said(&mut uketsuke(&["card", "unlock", WHOSE]));
    assert_eq!(tries(), "3");

    // A card that is killed leaves what was told as it was told.
    let mut card = pcscd.insert_with([WHOSE]);
    assert_eq!(answers(&pcscd, &[JPKI, WRONG, WRONG]), ["9000", "63C2", "63C1"]);
    card.process().kill().unwrap();
    card.wait();
    pcscd.wait_until_empty();
    assert_eq!(tries(), "1");
}
