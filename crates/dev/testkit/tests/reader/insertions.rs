//! Cards are inserted and removed many times.

use testkit::{Pcscd, ReaderKind, issued_card};

fn check(kind: ReaderKind, test: impl Fn(&Pcscd)) {
    test(&Pcscd::start(kind));
}

fn insert_and_remove_a_hundred_times(kind: ReaderKind) {
    check(kind, |pcscd| {
        for _ in 0..100 {
            pcscd.insert(&issued_card().data).remove();
        }
    });
}

#[test]
fn a_card_is_laid_into_our_reader_a_hundred_times() {
    insert_and_remove_a_hundred_times(ReaderKind::Own);
}

#[test]
fn a_card_is_laid_into_vpcd_a_hundred_times() {
    insert_and_remove_a_hundred_times(ReaderKind::Vpcd);
}
