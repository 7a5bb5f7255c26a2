//! What the parts say that the pages of several features share.

use text::texts;

texts! {
    ASK_AGAIN = "もう一度照会する", "Ask again";
    ERROR_CODE = "お問い合わせ番号：", "Code: ";
    THE_SYSTEM_SAYS = "システムからのメッセージ：", "The system says: ";
    SOME_VALUES_COULD_NOT_BE_READ = "読み取れなかった項目があります", "Some values could not be read";
    THESE_VALUES_ARE_LEFT_OUT =
        "次の値は正しい形式ではないため、表示に含まれていません。患者に確認し、誤りであれば保険者に連絡してください。",
        "These values are not in their right form and are left out. Ask the patient, and tell the insurer if they are wrong.";
}
