//! What the pages of insurance pictures say.

use text::texts;

texts! {
    // picture
    ELIGIBILITY_CERTIFICATE = "資格確認書", "Eligibility certificate (資格確認書)";
    ELIGIBILITY_NOTICE_AND_MY_NUMBER_CARD =
        "資格情報のお知らせ と マイナンバーカード（おもて面）",
        "Eligibility notice (資格情報のお知らせ) and the front of the My Number Card";
    ELIGIBILITY_SCREEN_OF_MYNAPORTAL = "マイナポータルの資格情報画面", "Eligibility screen of Mynaportal (資格情報)";
    FRONT_OF_THE_CERTIFICATE = "資格確認書のおもて面", "Front of the certificate";
    BACK_OF_THE_CERTIFICATE = "資格確認書のうら面", "Back of the certificate";
    ELIGIBILITY_NOTICE = "資格情報のお知らせ", "Eligibility notice";
    FRONT_OF_MY_NUMBER_CARD = "マイナンバーカードのおもて面", "Front of the My Number Card";
    ELIGIBILITY_SCREEN = "資格情報の画面", "Eligibility screen";
    ELIGIBILITY_SCREEN_CONTINUED = "資格情報の画面（続き）", "Eligibility screen (continued)";
    THE_TEXT_MAY_BE_BLURRED = "文字がぼやけているかもしれません。", "The text may be blurred.";
    IT_MAY_BE_TOO_DARK_TO_READ = "暗くて読みにくいかもしれません。", "It may be too dark to read.";
    LIGHT_MAY_BE_REFLECTED_IN_IT = "光が反射しているかもしれません。", "Light may be reflected in it.";
    THIS_PICTURE_IS_LARGER_THAN_20_MB =
        "この画像は20MBを超えています。別の画像を選んでください。",
        "This picture is larger than 20 MB. Please choose another one.";
    PDF_CANNOT_BE_SENT =
        "PDFは送れません。画面を撮影した画像（スクリーンショット）か、写真を送ってください。",
        "A PDF cannot be sent. Please send a screenshot or a photo of it.";
    THIS_KIND_OF_FILE_CANNOT_BE_SENT =
        "この種類のファイルは送れません。写真（JPEG・PNG・WebP・HEIC）を選んでください。",
        "This kind of file cannot be sent. Please choose a photo (JPEG, PNG, WebP or HEIC).";
    THIS_PICTURE_IS_BROKEN =
        "この画像は壊れているか、途中までしか届きませんでした。もう一度撮って送ってください。",
        "This picture is broken or arrived only in part. Please take it again and send it.";
    THIS_PICTURE_IS_TOO_SMALL_TO_READ =
        "この画像は小さすぎて文字が読めません。書類に近づいて撮った写真か、もとの大きさの画像を選んでください。",
        "This picture is too small to read. Please take it from nearer, or choose it in its original size.";
    THIS_PICTURE_HAS_TOO_MANY_PIXELS =
        "この画像は画素数が多すぎます（6000万画素まで）。カメラの通常の設定で撮り直してください。",
        "This picture has too many pixels (up to 60 million). Please take it with the camera's usual settings.";
    THIS_PICTURE_COULD_NOT_BE_PROCESSED =
        "この画像は処理できませんでした。もう一度撮るか、JPEGで保存した画像を送ってください。",
        "This picture could not be processed. Please take it again, or send it saved as JPEG.";
    BACK_OF_CARD_MUST_NOT_BE_SENT =
        "マイナンバーカードのうら面は送れません。うら面にはマイナンバー（個人番号）がのっています。この画像は保存していません。おもて面を撮ってください。",
        "The back of the My Number Card must not be sent: it shows your My Number. This picture was not kept. Please photograph the front.";
    THIS_FILE_IS_EMPTY =
        "このファイルは空です。別の画像を選んでください。",
        "This file is empty. Please choose another one.";

    // upload
    BACK_TO_THE_APPOINTMENT = "予約の詳細へ戻る", "Back to the appointment";
    UPLOAD_YOUR_INSURANCE_DOCUMENT = "保険証画像のアップロード", "Upload your insurance document";
    SEND_YOUR_PICTURE = "画像を送る", "Send your picture";
    WHICH_DOCUMENT_WILL_YOU_SEND = "どの書類を送りますか", "Which document will you send?";
    CONTINUE = "次へ", "Continue";
    NEXT_TAKE_PHOTO_OR_CHOOSE_PICTURE =
        "次の画面で、写真を撮るか画像を選びます。",
        "Next, take a photo or choose a picture.";
    ONLY_THE_DESK_SEES_YOUR_PICTURE =
        "送った画像は、予約した医療機関の受付だけが見ます。",
        "Only the desk of the clinic that you booked sees your picture.";
    CARD_OR_PAPER_FROM_YOUR_INSURER =
        "加入している健康保険から届いたカードや紙です。",
        "The card or paper that your health insurer sent you.";
    PAPER_WITH_THE_FRONT_OF_THE_CARD =
        "マイナ保険証をお持ちの方に届いた紙です。カードのおもて面といっしょに送ります。",
        "The paper sent to people whose My Number Card is their insurance card, with the front of that card.";
    A_SCREENSHOT_FROM_YOUR_PHONE =
        "スマートフォンの画面の画像（スクリーンショット）を送ります。",
        "A screenshot from your phone.";
    FORMER_CARD_IS_NO_LONGER_ACCEPTED =
        "これまでの健康保険証は使えません",
        "The former health insurance card is no longer accepted";
    IT_ENDED_ON_1_DECEMBER_2025 =
        "2025年12月1日で使えなくなりました。上の書類のどれかを送ってください。",
        "It ended on 1 December 2025. Please send one of the documents above.";
    DO_NOT_SEND_BACK_OF_CARD =
        "マイナンバーカードのうら面は送らないでください",
        "Do not send the back of the My Number Card";
    IT_SHOWS_YOUR_MY_NUMBER =
        "うら面にはマイナンバー（個人番号）がのっています。うら面の画像は受け付けません。",
        "It shows your My Number. A picture of the back is not accepted.";
    NOT_SENT_YET = "まだ送られていません", "Not sent yet";
    WE_HAVE_RECEIVED_A_PART =
        "受け取った画像があります。足りない画像を選ぶと、いっしょに送られます。",
        "We have received a part. Choose the missing picture, and both are sent.";
    LOOK_AT_THE_PICTURE_BEFORE_SENDING =
        "送る前に、画像をご確認ください",
        "Please look at the picture before it is sent";
    SEND_IT_IF_IT_CAN_BE_READ = "文字が読めれば、このまま送れます。", "If the text can be read, send it as it is.";
    COLON = "：", ": ";
    SEND_IT_OR_TAKE_IT_AGAIN =
        "文字が読めれば、このまま送れます。読みにくいときは、下で撮り直せます。",
        "If the text can be read, send it as it is. If not, take it again below.";
    SEND_AS_IT_IS = "このまま送る", "Send as it is";
    IT_GOES_TO_CLINICS_DESK = "医療機関の受付に届きます。", "It goes to the clinic's desk.";
    CHOOSE_ANOTHER_PICTURE = "撮り直した画像を選ぶ", "Choose another picture";
    CLINIC_HAS_CHECKED_PICTURE = "医療機関が画像を確認しました", "The clinic has checked the picture";
    NOTHING_MORE_TO_DO_WITH_IT = "画像について、もうすることはありません。", "There is nothing more to do with it.";
    THE_PICTURE_WAS_SENT = "画像を送りました", "The picture was sent";
    CLINICS_DESK_WILL_CHECK_IT =
        "医療機関の受付が確認します。読めないときは、メールでお知らせします。",
        "The clinic's desk will check it. We will email you if it cannot be read.";
    SEE_THE_APPOINTMENT = "予約の詳細を見る", "See the appointment";
    IT_SHOWS_WAY_TO_YOUR_VISIT = "診察までの流れを確認できます。", "It shows the way to your visit.";
    SEND_ANOTHER_PICTURE_INSTEAD = "別の画像に差し替える", "Send another picture instead";
    A_PICTURE_IS_MISSING = "画像が足りません", "A picture is missing";
    CHOOSE_AND_SEND_WHAT_IS_MISSING =
        "消した画像がないと、医療機関は保険を確認できません。足りない画像を選んで送ってください。残っている画像は、もう一度送る必要はありません。",
        "Without the picture that you erased the clinic cannot check your insurance. Choose and send what is missing. What is still here need not be sent again.";
    WHAT_YOU_SENT_BEFORE = "これまでに送った画像", "What you sent before";
    CLINIC_ASKS_YOU_FOR_PICTURE = "医療機関から、画像のお願いが届いています", "The clinic asks you for a picture";
    FROM_THE_CLINIC = "医療機関から：", "From the clinic: ";
    PLEASE_SEND_IT_BEFORE_YOUR_VISIT =
        "診察の時間までに送り直してください。問題のない画像は、もう一度送る必要はありません。",
        "Please send it before your visit. What was good need not be sent again.";
    NO_PICTURE_IS_NEEDED = "画像は必要ありません", "No picture is needed";
    YOU_PAY_FOR_THIS_VISIT_YOURSELF =
        "自費診療のため、保険の書類は必要ありません。",
        "You pay for this visit yourself: no document is needed.";
    THIS_APPOINTMENT_IS_CANCELLED = "キャンセル済みの予約です", "This appointment is cancelled";
    SENT_PICTURES_ARE_ERASED_BY_THEMSELVES =
        "この予約には、もう画像を送れません。送った画像は自動で消えます。",
        "Pictures can no longer be sent for it. What you sent is erased by itself.";
    THE_VISIT_WAS_HELD = "診察は終わっています", "The visit was held";
    PICTURES_CAN_NO_LONGER_BE_SENT =
        "この予約には、もう画像を送れません。",
        "Pictures can no longer be sent for this appointment.";
    THE_VISIT_DAY_IS_OVER = "診察日が終わりました", "The visit day is over";
    KEPT_UNTIL = "画像の保存期限：", "Kept ";
    THEN_IT_IS_ERASED_BY_ITSELF =
        "。そのあと自動で消えます。それより前に、いつでも自分で消せます。位置情報などは、送るときに取り除かれます。",
        ". Then it is erased by itself. You can erase it yourself at any time. Location data is removed when you send it.";

    // gallery
    PICTURES = "画像", "Pictures";
    NOT_SENT_YET_BADGE = "まだ送っていません", "Not sent yet";
    SENT = "送りました", "Sent";
    CHECKED = "確認済み", "Checked";
    ASKED_FOR_AGAIN = "送り直しのお願い", "Asked for again";
    SEE_IT_LARGE = "（送った画像を大きく見る）", " (see it large)";
    ERASE_THIS_PICTURE = "この画像を消す", "Erase this picture";
    CLINIC_HAS_CONFIRMED_BY_IT =
        "医療機関は、この画像で保険を確認しています。消しても、確認はそのままです。消した画像は元に戻せません。",
        "The clinic has confirmed your insurance by it. That stays. The picture cannot be brought back.";
    CLINIC_HAS_ASKED_FOR_ANOTHER_PICTURE =
        "医療機関から送り直しのお願いが届いている画像です。消した画像は元に戻せません。",
        "The clinic has asked you for another picture in its place. It cannot be brought back.";
    CLINIC_CANNOT_CHECK_WITHOUT_IT =
        "消すと、医療機関は保険を確認できません。もう一度、画像を送るか、マイナ保険証の手続きが必要です。消した画像は元に戻せません。",
        "Without it the clinic cannot check your insurance: you would have to send a picture again or use your card. It cannot be brought back.";
    ERASE_THIS_PICTURE_QUESTION = "この画像を消しますか", "Erase this picture?";
    KEEP_IT = "消さない", "Keep it";
    CERTIFICATE_FRONT = "資格確認書のおもて面", "Certificate, front";
    CERTIFICATE_BACK = "資格確認書のうら面", "Certificate, back";
    MY_NUMBER_CARD_FRONT = "マイナンバーカードのおもて面", "My Number Card, front";

    // form
    DOCUMENT = "送る書類：", "Document: ";
    SEND_ANOTHER_DOCUMENT = "ほかの書類を送る", "Send another document";
    SEND = "この画像を送る", "Send";
    CERTIFICATE = "資格確認書", "Certificate (資格確認書)";
    NOTICE = "資格情報のお知らせ", "Notice (資格情報のお知らせ)";
    MY_NUMBER_CARD = "マイナンバーカード", "My Number Card";
    ALL_FOUR_CORNERS_IN_PHOTO =
        "四すみが全部入り、文字が読めるように、明るい場所で撮ってください。",
        "All four corners in the photo, in good light, so that the text can be read.";
    SEND_THE_BACK_IF_WRITTEN_ON =
        "うら面に住所や備考が書いてある場合に送ってください。",
        "Send it if an address or a remark is written on the back.";
    SIDE_WITH_YOUR_PHOTO_AND_NAME =
        "顔写真と名前がある面です。うら面は送らないでください。",
        "The side with your photo and name. Never send the back.";
    SCREENSHOT_IN_MYNAPORTAL =
        "マイナポータルの「資格情報」の画面を、画面の画像（スクリーンショット）で送ってください。",
        "A screenshot of the screen 「資格情報」 in Mynaportal.";
    SEND_IT_IF_ONE_IS_NOT_ENOUGH =
        "1枚に入りきらないときに送ってください。",
        "Send it if one screenshot does not show everything.";
    REPLACE_AND_SEND = "差し替えて送る", "Replace and send";
    THE_EARLIER_PICTURE_IS_ERASED = "前の画像は消えます。", "The earlier picture is erased.";
    choose_a_picture_of(subject) = "{subject}の画像を選んでください。", "Choose a picture. Missing: {subject}.";

    // audit_trail
    WHO_LOOKED_AT_THE_PICTURES = "この画像をだれが見たか", "Who looked at the pictures";
    LOOKED_AT_THE_PICTURE = "画像を見ました", "looked at the picture";
    SAW_IT_IN_A_LIST = "一覧で見ました", "saw it in a list";
    SENT_THE_PICTURE = "画像を送りました", "sent the picture";
    ERASED_THE_PICTURE = "画像を消しました", "erased the picture";
    CONFIRMED_BY_THE_PICTURE = "画像で確認しました", "confirmed by the picture";
    ASKED_FOR_THE_PICTURE_AGAIN = "画像の送り直しをお願いしました", "asked for the picture again";
    FIRST_PICTURE = "（1枚目）", " (first)";
    SECOND_PICTURE = "（2枚目）", " (second)";
    ANOTHER_ACCOUNT = "ご家族など（別のアカウント）", "A relative (another account)";
    YOU = "あなた", "You";
    THE_CLINICS_DESK = "医療機関の受付", "The clinic's desk";
    THE_SERVICE = "システム", "The service";
}
