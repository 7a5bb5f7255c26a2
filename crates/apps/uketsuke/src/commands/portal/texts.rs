//! What the app on a person's own computer calls the receptions that it answers.

use text::texts;

texts! {
    RECEPTION_WEB_SIMULATED = "マイナ在宅受付Web（模擬環境）", "マイナ在宅受付Web (simulated)";
}
