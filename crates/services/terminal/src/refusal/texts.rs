//! What the error pages of the terminal say: what happened, and what the desk does next.

use text::texts;

texts! {
    MANY_PEOPLE_ARE_SIGNING_IN = "ログインが混み合っています", "Many people are signing in";
    YOUR_PASSWORD_WAS_NOT_CHECKED =
        "パスワードはまだ確認していません。何も変更されていません。10秒ほど待ってから、もう一度お試しください。",
        "Your password was not checked and nothing was changed. Please wait about ten seconds and try again.";
    PAGE_NOT_FOUND = "ページが見つかりません", "Page not found";
    ADDRESS_IS_WRONG =
        "アドレスが間違っているか、このアカウントでは表示できないページです。何も変更されていません。",
        "The address is wrong, or this account does not see the page. Nothing was changed.";
    THIS_PAGE_HAS_TO_BE_OPENED_AGAIN = "この画面は開き直しが必要です", "This page has to be opened again";
    OPEN_PATIENT_FROM_LIST_AGAIN =
        "ログインし直したため、前に開いた患者の画面は使えません。一覧からもう一度お開きください。確認の記録は失われていません。",
        "You have signed in anew, so pages of patients opened before are closed. Open the patient from the list again. What was confirmed is not lost.";
    NOT_HANDED_TO_RECEIPT_COMPUTER = "レセコンに渡せませんでした", "It could not be handed to the receipt computer";
    FOLDER_FACE_CANNOT_BE_WRITTEN =
        "フォルダ face に書き込めません。管理者に、空き容量と書き込みの許可の確認を頼んでください。確認の記録は失われていません。",
        "The folder face cannot be written. Ask the administrator to look at its space and permissions. What was confirmed is not lost.";
    WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE =
        "申し訳ありません。処理できませんでした",
        "We are sorry: this could not be done";
    FAULT_IS_TERMINALS =
        "端末側の問題です。これまでの確認の記録は失われていません。少し待ってから、もう一度お試しください。",
        "The fault is the terminal's. What was confirmed before is not lost. Please wait a moment and try again.";
    TO_THE_FIRST_PAGE = "最初の画面へ", "To the first page";
    ELIGIBILITY_SYSTEM_CANNOT_BE_REACHED =
        "オンライン資格確認等システムにつながりません",
        "The eligibility system cannot be reached";
    CHECK_LINE_AND_ADDRESS =
        "回線や接続先の設定を確認し、少し待ってからもう一度お試しください。お急ぎの場合は、患者に資格確認書またはマイナポータルの資格情報画面を見せてもらい、後で照会し直してください。患者の登録は失われていません。",
        "Check the line and the address in the settings, wait a little and try again. If it is urgent, look at the patient's 資格確認書 or the eligibility screen of マイナポータル and ask again later. What the patient registered is not lost.";
    THE_ANSWER_TAKES_TOO_LONG = "応答に時間がかかっています", "The answer takes too long";
    SYSTEM_MAY_BE_BUSY =
        "システムが混み合っている可能性があります。1分ほど待ってから、もう一度お試しください。患者の登録は失われていません。",
        "The system may be busy. Wait about a minute and try again. What the patient registered is not lost.";
    SERVER_COULD_NOT_PROVE_WHAT_IT_IS =
        "接続先が本物であることを確認できません",
        "The server could not prove what it is";
    SERVERS_CERTIFICATE_IS_NOT_TRUSTED =
        "接続先の電子証明書が、この端末に設定された認証局のものではないか、期限が切れています。情報は何も送っていません。管理者に連絡し、認証局の証明書と接続先の設定を確認してください。",
        "The server's certificate is not from the authority in this terminal's settings, or has ended. Nothing was sent. Tell the administrator to check the authority's certificate and the address.";
    THIS_TERMINALS_CERTIFICATE_IS_NOT_ACCEPTED =
        "この端末の電子証明書が受け付けられません",
        "This terminal's certificate is not accepted";
    INSTITUTIONS_CERTIFICATE_MUST_BE_RENEWED =
        "医療機関の電子証明書が失効しているか、期限切れか、登録されていません。管理者に連絡し、電子証明書を更新してください。それまでは、資格確認書などで確認してください。",
        "The institution's certificate was revoked, has ended, or is not registered. Tell the administrator to renew it. Until then confirm insurance by the 資格確認書.";
    THE_ELIGIBILITY_SYSTEM_IS_CLOSED = "オンライン資格確認等システムは停止中です", "The eligibility system is closed";
    THE_CONNECTION_BROKE_OFF = "通信が途中で切れました", "The connection broke off";
    ANSWER_DID_NOT_ARRIVE_WHOLE =
        "結果を最後まで受け取れませんでした。途中までの情報は表示していません。もう一度お試しください。続く場合は、管理者に回線と電子証明書の確認を依頼してください。",
        "The answer did not arrive whole, and nothing of it is shown. Try again. If it goes on, ask the administrator to check the line and the certificate.";
    SYSTEM_DID_NOT_TAKE_QUESTION = "照会は受け付けられませんでした", "The system did not take the question";
    ANSWER_IS_NOT_TO_THIS_QUESTION = "照会と異なる結果が返りました", "The answer is not to this question";
    ANSWER_TO_ANOTHER_QUESTION_CAME =
        "他の照会の結果が返ったため、表示していません。もう一度お試しください。続く場合は、管理者に連絡してください。",
        "An answer to another question came back and is not shown. Try again. If it goes on, tell the administrator.";
    ANSWER_COULD_NOT_BE_READ = "結果を読み取れませんでした", "The answer could not be read";
    ANSWER_HAS_WRONG_FORM =
        "システムから返った結果の形式が正しくありません。情報は表示していません。もう一度お試しになり、続く場合は、下の番号を添えて管理者に連絡してください。",
        "What the system answered is not in the right form, and nothing of it is shown. Try again; if it goes on, tell the administrator the code below.";

    // with arguments
    ask_again_when_it_is_open(when) as Text =
        "メンテナンスまたは障害のため、今は照会できません。{when}もう一度照会してください。お急ぎの場合は、資格確認書、または患者に被保険者資格申立書を書いてもらい確認してください。患者の登録は失われていません。",
        "It cannot be asked now, because of maintenance or a fault. Ask again {when}. If it is urgent, look at the 資格確認書, or let the patient write a 被保険者資格申立書. What the patient registered is not lost.";
    the_system_says(message) as Text =
        "システムからのメッセージ：「{message}」。何も変更されていません。",
        "The system says: 「{message}」. Nothing was changed.";
    LATER = "後で", "later";
    at_about(time) as Text = "{time}に、", "at {time}";
}
