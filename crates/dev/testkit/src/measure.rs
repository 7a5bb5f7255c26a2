use std::time::{Duration, Instant};

use card::{Jpki, Transmit, host::Hash};
use serde::{Deserialize, Serialize};

/// How long a card takes for the usual operations, in wall-clock time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CardMeasurement {
    /// READ BINARY of four bytes, sequentially.
    pub commands_per_second: f64,
    /// The median of a whole login: select, token, tries, PIN, certificate, signature, deselect.
    pub login_milliseconds: f64,
}

/// Measures the card of [`crate::issued_card()`], over any connection.
pub fn measure_card(card: &mut dyn Transmit, commands: u32, logins: usize) -> CardMeasurement {
    let select = [&[0x00, 0xA4, 0x04, 0x0C, 0x0A], card::aid::JPKI.as_bytes()].concat();
    let send = |card: &mut dyn Transmit, command: &[u8]| {
        let response = card.transmit(command).expect("the card responds");
        assert!(response.ends_with(&[0x90, 0x00]), "{}", hex::encode(response));
    };
    send(card, &select);
    let start = Instant::now();
    for _ in 0..commands {
        send(card, &[0x00, 0xB0, 0x8A, 0x00, 0x04]);
    }
    let command_time = start.elapsed() / commands.max(1);
    let mut login_times: Vec<Duration> = (0..logins.max(1)).map(|_| time_login(card)).collect();
    login_times.sort();
    CardMeasurement {
        commands_per_second: 1.0 / command_time.as_secs_f64(),
        login_milliseconds: login_times[login_times.len() / 2].as_secs_f64() * 1000.0,
    }
}

fn time_login(card: &mut dyn Transmit) -> Duration {
    let start = Instant::now();
    let mut jpki = Jpki::select(card).expect("a JPKI card");
    jpki.token().expect("a token");
    jpki.pin_tries_left().expect("a PIN");
    let verification = jpki.verify_pin(&"1234".parse().expect("four digits")).expect("a PIN");
    assert_eq!(verification, card::host::PinVerification::Right);
    jpki.authentication_certificate().expect("a certificate");
    jpki.sign_with_authentication_key(Hash::Sha256([7; 32])).expect("a signature");
    jpki.deselect().expect("it is deselected");
    start.elapsed()
}
