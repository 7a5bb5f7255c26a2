//! What the error pages of the app say.

use text::texts;

texts! {
    THIS_LINK_DOES_NOT_BEGIN_ANYTHING = "このリンクからは始められません", "This link does not begin anything";
    LINK_SEEMS_TO_BE_CUT_OFF =
        "リンクが途中で切れているようです。何も登録されていません。手続きを始めた画面に戻り、「マイナポータルアプリを開く」をもう一度押してください。",
        "It seems to be cut off. Nothing was registered. Go back to the page where you began and press “Open マイナポータルアプリ” again.";
    THIS_READING_CANNOT_GO_ON = "この読み取りは、このアプリでは続けられません", "This reading cannot go on in this app";
    OPENED_ON_ANOTHER_DEVICE_OR_ENDED =
        "別の端末で開いたか、時間がたって終わった読み取りです。すでに終わった登録は失われていません。手続きを始めた画面に戻り、もう一度アプリを開いてください。",
        "It was opened on another device, or it ended long ago. What you had registered is not lost. Go back to the page where you began and open the app again.";
    THIS_WENT_ON_IN_ANOTHER_WINDOW = "この操作は、ほかの画面で先に進んでいます", "This went on in another window";
    GO_BACK_TO_SEE_THE_REST =
        "何も失われていません。手続きを始めた画面に戻って、続きをご確認ください。",
        "Nothing was lost. Go back to the page where you began to see how it goes on.";
    THIS_CARD_IS_NOT_HERE = "このカードはここにありません", "This card is not here";
    GO_BACK_AND_CHOOSE_CARD =
        "前の画面に戻り、カードを選び直してください。何も失われていません。",
        "Go back and choose a card. Nothing was lost.";
    THE_CARD_IS_IN_USE = "カードは使用中です", "The card is in use";
    ANOTHER_WINDOW_IS_READING_THIS_CARD =
        "ほかの画面で、このカードを読み取っています。何も変更されていません。30秒ほど待ってから、もう一度お試しください。",
        "Another window is reading this card. Nothing was changed. Please wait half a minute and try again.";
    THE_PIN_WAS_NOT_CHANGED = "暗証番号を変更できませんでした", "The PIN was not changed";
    CHECK_LENGTH_AND_LETTERS_OF_PIN =
        "暗証番号の桁数や文字をご確認ください。カードはもとのままです。",
        "Please check the length and letters of the PIN. The card is as it was.";
    THIS_WAS_NOT_ACCEPTED = "この操作は受け付けられませんでした", "This was not accepted";
    NOT_SENT_FROM_RIGHT_PAGE =
        "正しい画面から送られていないため、受け付けませんでした。何も変更されていません。手続きを始めた画面に戻り、リンクからもう一度開いてください。",
        "It was not sent from the right page. Nothing was changed. Go back to the page where you began and open the app by its link.";
    WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE =
        "申し訳ありません。処理できませんでした",
        "We are sorry: this could not be done";
    FAULT_IS_OURS =
        "こちら側の問題です。これまでに完了した内容は失われていません。少し待ってから、もう一度お試しください。",
        "The fault is ours. What was completed before is not lost. Please wait a moment and try again.";
    TO_THE_APPS_FIRST_PAGE = "アプリの最初の画面へ", "To the app's first page";
}
