//! The texts of the error pages of every site.

use text::texts;

texts! {
    // refusal
    THIS_WAS_NOT_ACCEPTED = "この操作は受け付けられませんでした", "This was not accepted";
    IT_WAS_NOT_SENT_FROM_RIGHT_PAGE =
        "正しい画面から送られていないため、受け付けませんでした。何も変更されていません。前の画面に戻り、読み込み直してからもう一度お試しください。",
        "It was not sent from the right page. Nothing was changed. Go back, reload the page and try again.";
    PLEASE_PRESS_AGAIN = "もう一度押してください", "Please press again";
    PAGE_WAS_OUT_OF_DATE_SO_NOTHING_HAS_BEEN_SENT =
        "画面が古くなっていたため、まだ受け付けていません。入力した内容は残っています。下のボタンを押すと、同じ内容を送ります。",
        "The page was out of date, so nothing has been sent yet. What you entered is kept. Press the button to send it.";
    PLEASE_CHOOSE_THE_PICTURE_AGAIN = "もう一度画像を選んでください", "Please choose the picture again";
    PAGE_WAS_OUT_OF_DATE_SO_PICTURE_WAS_NOT_RECEIVED =
        "画面が古くなっていたため、画像を受け取れませんでした。ほかの内容は変わっていません。",
        "The page was out of date, so the picture was not received. Nothing else has changed.";
    WHAT_WAS_SENT_COULD_NOT_BE_READ = "送られた内容を読み取れませんでした", "What was sent could not be read";
    NOTHING_WAS_CHANGED_PLEASE_GO_BACK =
        "何も変更されていません。前の画面に戻って、もう一度お試しください。",
        "Nothing was changed. Please go back and try again.";
    THE_FILE_IS_TOO_LARGE = "ファイルが大きすぎます", "The file is too large";
    PICTURES_UP_TO_20_MB_CAN_BE_SENT =
        "20MBまでの画像を送れます。何も変更されていません。前の画面に戻り、別の写真を選んでください。",
        "Pictures up to 20 MB can be sent. Nothing was changed. Go back and choose another picture.";
    PAGE_NOT_FOUND = "ページが見つかりません", "Page not found";
    ADDRESS_MAY_BE_WRONG =
        "アドレスが間違っているか、ご本人だけがご覧になれるページです。入力した内容や予約は失われていません。",
        "The address may be wrong, or you don’t have access to this page. Nothing that you entered or booked is lost.";
    THIS_PAGE_CANNOT_BE_OPENED_DIRECTLY = "この画面は直接開けません", "This page cannot be opened directly";
    NOTHING_WAS_CHANGED_PLEASE_START_FROM_FIRST =
        "何も変更されていません。最初の画面からお進みください。",
        "Nothing was changed. Please start from the first page.";
    WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE =
        "申し訳ありません。処理できませんでした",
        "We are sorry: this could not be done";
    FAULT_IS_OURS =
        "こちら側の問題です。これまでに完了した内容は失われていません。少し待ってから、もう一度お試しください。",
        "The fault is ours. What was completed before is not lost. Please wait a moment and try again.";
    YOU_WILL_BE_ASKED =
        "パスワードや番号は、次の画面でもう一度入力してください。",
        "You will be asked for your password or number once more on the next page.";
    SEND_AGAIN = "もう一度送る", "Send again";

    // refusal
    CHOOSE_THE_PICTURE = "画像を選ぶ", "Choose the picture";
    GO_TO_THE_FIRST_PAGE = "最初の画面へ", "Go to the first page";
}
