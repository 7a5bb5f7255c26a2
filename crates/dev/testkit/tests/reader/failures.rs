//! Faults between a card and its reader, and exclusive use of the card.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use testkit::{Pcscd, ReaderKind, World, issued_card, run_for_output, wait_until};

use crate::{client_command, run_for_each_reader, run_refused, write_card_file};

const SELECT_JPKI: &str = "00A4040C0AD392F000260100000001";
const VERIFY_RIGHT_PIN: &str = "00200098 0431323334";
const VERIFY_WRONG_PIN: &str = "00200098 0439393939";
const QUERY_TRIES_LEFT: &str = "00200098";

/// The card's responses to the commands of one client.
fn transmit_commands(pcscd: &Pcscd, commands: &[&str]) -> Vec<String> {
    let commands: Vec<String> = commands.iter().map(|command| command.replace(' ', "")).collect();
    let arguments: Vec<&str> = std::iter::once("transmit").chain(commands.iter().map(String::as_str)).collect();
    run_for_output(&mut pcscd.card_client_command(&arguments)).lines().map(str::to_owned).collect()
}

#[test]
fn whoever_comes_second_gets_nothing_and_nothing_is_left_for_whoever_comes_after() {
    run_for_each_reader(|pcscd| {
        let _card = pcscd.insert(&issued_card().data);
        let mut first = pcscd.card_client_command(&["hold", SELECT_JPKI, &VERIFY_RIGHT_PIN.replace(' ', "")]);
        let mut first = first.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let held_line =
            BufReader::new(first.stdout.take().unwrap()).lines().map_while(Result::ok).find(|line| line == "held");
        assert!(held_line.is_some());
        let second = run_for_output(&mut pcscd.card_client_command(&["share"]));
        assert!(second.contains("other connections"), "{second}");
        run_refused(client_command(pcscd, &["opensc-tool", "-n"]));
        drop(first.stdin.take());
        assert!(first.wait().unwrap().success());
        // The first client had verified the PIN and powered the card off: it does not sign for another client.
        assert_eq!(transmit_commands(pcscd, &[SELECT_JPKI, "802A03970148 00"])[1], "6982");
    });
}

#[test]
fn a_try_at_a_card_that_is_pulled_in_mid_command_is_spent() {
    run_for_each_reader(|pcscd| {
        let file = write_card_file(pcscd);
        let card = pcscd.insert_with_arguments([file.as_str(), "--fault", "pulled-during=2"]);
        let responses = transmit_commands(pcscd, &[SELECT_JPKI, VERIFY_RIGHT_PIN]);
        assert_eq!(responses[0], "9000");
        assert!(!responses[1].starts_with("9000"), "{responses:?}");
        assert!(card.wait_until_removed().status.success());
        // The client is notified at once. The thread that watches the reader must have seen the removal too before a card is
        // inserted: vpcd polls every 0.4 seconds and does not notice a card that was replaced in between.
        wait_until("the watcher has seen the removal", || pcscd.read_log().contains("Card Removed"));
        let card = pcscd.insert_with_arguments([&file]);
        assert_eq!(
            transmit_commands(pcscd, &[SELECT_JPKI, QUERY_TRIES_LEFT, VERIFY_WRONG_PIN]),
            ["9000", "63C2", "63C1"]
        );
        card.remove();
        let _card = pcscd.insert_with_arguments([file.as_str(), "--fault", "answer=2:6581"]);
        assert_eq!(
            transmit_commands(pcscd, &[SELECT_JPKI, VERIFY_RIGHT_PIN, QUERY_TRIES_LEFT]),
            ["9000", "6581", "63C1"]
        );
    });
}

#[test]
fn a_card_comes_with_what_is_wrong_with_it() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let check = |fault: &str, commands: &[&str], expected: &[&str]| {
        let file = write_card_file(&pcscd);
        let card = pcscd.insert_with_arguments([file.as_str(), "--fault", fault]);
        assert_eq!(transmit_commands(&pcscd, commands), expected, "{fault}");
        card.remove();
        std::fs::remove_file(format!("{file}.state")).unwrap();
    };
    check(
        "one-try-left",
        &[SELECT_JPKI, QUERY_TRIES_LEFT, VERIFY_WRONG_PIN, VERIFY_RIGHT_PIN],
        &["9000", "63C1", "63C0", "6984"],
    );
    check("locked", &[SELECT_JPKI, VERIFY_RIGHT_PIN], &["9000", "6984"]);
    check(
        "no-signature",
        &[SELECT_JPKI, "00B0880003", "00A4020C02001A", "802A03800148 00"],
        &["9000", "008F009000", "9000", "6A88"],
    );
    check(
        "android",
        &[SELECT_JPKI, "00B086000F", "00B08A0004"],
        &["9000", "4A504B49415047505345544F4B454E9000", "6982"],
    );
    check("slow=1", &[SELECT_JPKI], &["9000"]);
}

#[test]
fn a_card_outlives_the_daemon() {
    run_for_each_reader(|pcscd| {
        let file = write_card_file(pcscd);
        let card = pcscd.insert_with_arguments([&file]);
        assert_eq!(transmit_commands(pcscd, &[SELECT_JPKI, VERIFY_WRONG_PIN]), ["9000", "63C2"]);
        pcscd.restart();
        run_for_output(&mut pcscd.card_client_command(&["wait", "present"]));
        assert_eq!(
            transmit_commands(pcscd, &[QUERY_TRIES_LEFT, SELECT_JPKI, QUERY_TRIES_LEFT]),
            ["6A88", "9000", "63C2"]
        );
        card.remove();
    });
}

#[test]
fn the_app_and_the_reader_have_the_same_card() {
    const PERSONA_KEY: &str = "hayama-misaki";
    let data = World::shared().data_folder();
    let pcscd = Pcscd::start_with_data(ReaderKind::Own, data.clone());
    let uketsuke = |arguments: &[&str]| {
        let mut command = pcscd.uketsuke_command(arguments);
        command.arg("--data").arg(&data);
        command
    };
    let tries_left = || {
        let output = run_for_output(&mut uketsuke(&["card", "list"]));
        let line =
            output.lines().find_map(|line| line.strip_prefix("hayama-misaki\t")).expect("the persona has a card");
        line[..1].to_owned()
    };
    assert_eq!(tries_left(), "3");
    let card = pcscd.insert_with_arguments([PERSONA_KEY]);
    assert_eq!(transmit_commands(&pcscd, &[SELECT_JPKI, VERIFY_WRONG_PIN]), ["9000", "63C2"]);
    assert_eq!(tries_left(), "2", "the failed try is stored before the response");
    assert!(run_refused(uketsuke(&["card", "unlock", PERSONA_KEY])).contains("somebody else has the card in hand"));
    assert!(run_refused(uketsuke(&["card", "insert", PERSONA_KEY])).contains("a card lies in this reader already"));
    card.remove();
    run_for_output(&mut uketsuke(&["card", "unlock", PERSONA_KEY]));
    assert_eq!(tries_left(), "3");

    // A card whose process is killed has stored the tries that it reported.
    let mut card = pcscd.insert_with_arguments([PERSONA_KEY]);
    assert_eq!(transmit_commands(&pcscd, &[SELECT_JPKI, VERIFY_WRONG_PIN, VERIFY_WRONG_PIN]), ["9000", "63C2", "63C1"]);
    card.process().kill().unwrap();
    card.wait_until_removed();
    pcscd.wait_until_empty();
    assert_eq!(tries_left(), "1");
}
