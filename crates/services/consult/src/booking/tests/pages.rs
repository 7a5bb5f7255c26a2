//! Tests of the pages of appointments, by their samples.

use text::Language;

use crate::{booking::samples::samples, tests::pages::sample_main_part};

#[test]
fn nothing_is_called_complete_while_proof_is_due() {
    for name in ["booking/done-hand-over", "booking/done-fixed-url", "booking/done-picture-only", "appointment/left"] {
        for language in [Language::Japanese, Language::English] {
            let main = sample_main_part(name, language);
            assert!(!main.contains("完了") && !main.contains("class=\"drawing"), "{name}: {main}");
        }
    }
    // Where nothing is due, the booking is called complete.
    assert!(sample_main_part("booking/done-self-pay", Language::Japanese).contains("予約が完了しました"));
    assert!(sample_main_part("returned/registered", Language::Japanese).contains("class=\"drawing"));
}

#[test]
fn a_visit_that_does_not_take_place_has_no_steps_and_no_fees() {
    for name in ["appointment/cancelled", "appointment/over", "appointment/over-unproven"] {
        let samples = samples(Language::Japanese);
        let page = &samples.iter().find(|(sample_name, _)| sample_name == name).expect("a sample").1.0;
        assert!(!page.contains("class=\"timeline\""), "{name}");
    }
    let cancelled = sample_main_part("appointment/cancelled", Language::Japanese);
    assert!(cancelled.contains("キャンセル済み") && !cancelled.contains("550円") && !cancelled.contains("まだです"));
}

#[test]
fn what_is_said_of_the_hour_is_true_before_it_at_it_and_after_it() {
    let check = |name: &str, text: &str| {
        let main = sample_main_part(name, Language::Japanese);
        assert!(main.contains(text) && main.contains("tel:0300000000"), "{name}: {main}");
        main
    };
    check("appointment/confirmed-terminal", "準備ができています");
    assert!(!check("appointment/at-the-hour", "診察の時間です").contains("準備ができています"));
    for name in ["after-the-hour", "after-the-hour-sent", "self-pay-after-the-hour"] {
        let main = check(&format!("appointment/{name}"), "診察の時間が過ぎました");
        assert!(!main.contains("準備ができています") && !main.contains("からです"), "{name}");
    }
    let completed = sample_main_part("appointment/completed", Language::Japanese);
    assert!(!completed.contains("診察の時間") && !completed.contains("準備ができています"));
}

#[test]
fn the_desks_note_stands_where_its_owner_looks_first() {
    let main = sample_main_part("appointment/asked-picture-with-note", Language::Japanese);
    assert!(main.contains("「右下の文字が読めませんでした。」") && main.contains("送り直しのお願い"));
    assert!(!main.contains("送信済み"));
}
