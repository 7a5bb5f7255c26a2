//! What the pages and letters of patients' accounts say.

use text::texts;

texts! {
    // rules of patient
    NAME_IS_MISSING =
        "お名前を、保険の書類に書かれているとおりに入力してください。",
        "Enter your name as it stands on your insurance document.";
    NAME_IS_TOO_LONG = "お名前は100文字までで入力してください。", "Enter your name in at most 100 characters.";
    NAME_HAS_INVISIBLE_CHARACTERS =
        "お名前に、画面に見えない文字が入っています。一度消して、もう一度入力してください。",
        "Your name has characters that cannot be seen. Clear the field and type it again.";
    NAME_HAS_FORBIDDEN_SIGNS =
        "お名前に、「<」と「>」は使えません。保険の書類に書かれているとおりに入力してください。",
        "The signs < and > cannot be used in a name. Enter it as it stands on your insurance document.";
    ENTER_YOUR_NAME_IN_KANA =
        "お名前のよみを、ひらがなかカタカナで入力してください。カナの名前がない方は、下の欄にチェックを入れてください。",
        "Enter your name in hiragana or katakana. If you have no name in kana, tick the box below.";
    DATE_OF_BIRTH_IS_MISSING =
        "生年月日を入力してください。例：昭和20年11月3日、1945年11月3日",
        "Enter your date of birth, such as 3 November 1945 or 昭和20年11月3日.";
    DATE_COULD_NOT_BE_READ =
        "生年月日を読み取れませんでした。年・月・日を続けて入力してください。例：昭和20年11月3日、1945年11月3日",
        "We could not read this date. Write day, month and year, such as 3 November 1945 or 昭和20年11月3日.";
    YEAR_NEEDS_FOUR_DIGITS_OR_ERA =
        "年の前に、元号（昭和・平成など）を入れてください。西暦は4桁で入力してください。例：昭和20年11月3日、1945年11月3日",
        "Write the year with four digits, or with its era. For example 1945 or 昭和20.";
    ERA_HAS_NO_SUCH_YEAR =
        "この元号に、その年はありません。生年月日をもう一度確認してください。",
        "This era does not have that year. Check your date of birth.";
    CALENDAR_HAS_NO_SUCH_DAY =
        "カレンダーにない日付です。月と日を確認してください。",
        "The calendar has no such day. Check month and day.";
    DAY_IS_IN_THE_FUTURE =
        "まだ来ていない日付です。年を確認してください。",
        "This day is in the future. Check the year.";
    DAY_IS_TOO_LONG_AGO =
        "120歳をこえる日付です。年と元号を確認してください。",
        "This is more than 120 years ago. Check the year.";
    TELEPHONE_NUMBER_IS_MISSING =
        "電話番号を入力してください。例：090-1234-5678",
        "Enter your telephone number, such as 090-1234-5678.";
    ENTER_ONE_TELEPHONE_NUMBER =
        "電話番号を1つだけ入力してください。例：090-1234-5678",
        "Enter one telephone number, such as 090-1234-5678.";
    NUMBER_HAS_WRONG_LENGTH =
        "電話番号の桁数が合いません。抜けている数字がないか確認してください。例：090-1234-5678",
        "This telephone number has too few or too many digits. Check it, such as 090-1234-5678.";
    NUMBER_NEEDS_ITS_AREA_CODE =
        "電話番号を、0から始まる市外局番から入力してください。海外の番号は「+」と国番号から入力してください。",
        "Enter the telephone number from its area code, which begins with 0. Begin a foreign number with + and its country code.";

    // letter
    YOUR_CODE_IS = "確認コード ", "Your code is ";
    THIS_IS_YOUR_SIGN_IN_CODE =
        "ログインのための確認コードです。画面に入力してください。10分間使えます。",
        "This is your sign-in code. Enter it on the page within 10 minutes.";
    DONT_SHARE_IT_WITH_ANYONE =
        "だれにも教えないでください。お心当たりがない場合は、何もする必要はありません。",
        "Don't share it with anyone. If you did not ask for it, you don't need to do anything.";
    PLEASE_DONT_REPLY_TO_THIS_EMAIL = "このメールは送信専用です。", "Please don't reply to this email.";

    // profile
    DATE_IN_ANY_USUAL_FORM =
        "元号でも西暦でも入力できます。例：昭和20年11月3日、S20.11.3、1945/11/3",
        "In any usual form, such as 3 November 1945, 1945-11-03 or 昭和20年11月3日.";
    YOUR_DETAILS = "登録情報", "Your details";
    CLINIC_USES_THESE_DETAILS_TO_IDENTIFY_YOU =
        "医療機関がご本人を確認するために使います。保険の書類に書かれているとおりに入力してください。",
        "The clinic uses these details to identify you. Enter them as they stand on your insurance document.";
    PLEASE_ADD_YOUR_TELEPHONE_NUMBER = "電話番号を入力してください", "Please add your telephone number";
    VISITS_BY_VIDEO_NOW_NEED_TELEPHONE_NUMBER =
        "ビデオでの診察には電話番号が必要になりました。ほかの内容はそのまま残っています。",
        "Visits by video now need a telephone number. Your other details are kept as they are.";
    NAME = "お名前", "Name";
    IN_KANJI_OR_LATIN_LETTERS =
        "例：山田 花子。在留カードなどのアルファベット表記でもかまいません。",
        "In kanji, or in Latin letters as on your residence card.";
    NAME_IN_KANA = "お名前のよみ（カナ）", "Name in kana";
    ANY_KANA_WILL_DO =
        "例：ヤマダ ハナコ。ひらがなや半角カナでもかまいません。",
        "Any kana will do: hiragana, full or half width.";
    I_HAVE_NO_NAME_IN_KANA =
        "カナの名前がない（よみの入力は不要です）",
        "I have no name in kana (leave the field above empty)";
    DATE_OF_BIRTH = "生年月日", "Date of birth";
    TELEPHONE = "電話番号", "Telephone";
    IF_CONNECTION_BREAKS_CLINIC_CALLS_YOU =
        "通信が切れたとき、医療機関からお電話します。",
        "If the connection breaks, the clinic calls you.";
    E_MAIL_ADDRESS = "メールアドレス", "E-mail address";
    NAME_CLINIC_IN_EMAILS_TO_ME = "メールに医療機関名を入れる", "Name the clinic in emails to me";
    REMIND_ME_BEFORE_APPOINTMENTS = "予約の前にメールでお知らせを受け取る", "Remind me by email before appointments";
    REGISTER = "登録する", "Register";
    NEXT_BACK_TO_WHERE_YOU_WERE = "次は、元の画面に戻ります。", "Next: back to where you were.";
    SAVE = "変更を保存する", "Save";
    YOUR_DATA = "あなたの情報", "Your data";
    FAMILY_FOR_WHOM_YOU_BOOK = "ご家族の予約を扱う", "Book for your family";
    SEE_WHAT_IS_KEPT_ABOUT_YOU = "保存している情報を見る", "See what is kept about you";
    SIGNED_IN_DEVICES = "ログイン中の端末", "Signed-in devices";
    CLOSE_YOUR_ACCOUNT = "退会する", "Close your account";
    we_read_this_as(date) = "{date}ですね。", "We read this as {date}.";

    // sessions
    BACK_TO_YOUR_DETAILS = "登録情報に戻る", "Back to your details";
    IF_YOU_LOST_A_PHONE =
        "スマートフォンをなくしたときや、心当たりのない端末があるときは、ここからログアウトできます。",
        "If you lost a phone, or see a device that you do not know, sign it out here.";
    SIGN_OUT_OTHER_DEVICES = "ほかの端末からログアウト", "Sign out other devices";
    YOU_STAY_SIGNED_IN_ON_THIS_DEVICE = "この端末では、ログインしたままです。", "You stay signed in on this device.";
    NOT_SIGNED_IN_ANYWHERE_ELSE = "ほかにログイン中の端末はありません。", "You are not signed in anywhere else.";
    THIS_DEVICE = "この端末", "This device";
    ANOTHER_DEVICE = "ほかの端末", "Another device";
    IN_USE = "使用中", "In use";
    SIGNED_IN = "ログインした日時", "Signed in";
    LAST_USED = "最後に使った日", "Last used";

    // sign_in
    PLEASE_CHECK_THE_ADDRESS =
        "メールアドレスを確認してください。例：hanako@example.jp",
        "Please check the address, such as hanako@example.jp.";
    SIGN_IN_OR_SIGN_UP = "ログイン・新規登録", "Sign in or sign up";
    SIGN_IN_OR_SIGN_UP_TO_BOOK =
        "オンライン診療の予約のためのログインと新規登録です。メールで届く確認コードを使い、パスワードはありません。",
        "Sign in or sign up to book online care: with a code that we email you, without a password.";
    WE_EMAIL_YOU_6_DIGIT_CODE =
        "メールで6桁の確認コードをお送りします。はじめての方は、このコードでアカウントができます。",
        "We email you a 6-digit code. If you are new, the code creates your account.";
    ANY_ADDRESS_WORKS = "携帯電話会社のアドレスも使えます。", "Any address works, also one from your phone company.";
    SEND_THE_CODE = "確認コードを送る", "Send the code";
    NEXT_ENTER_THE_CODE =
        "次の画面で、届いたコードを入力します。パスワードはありません。",
        "Next, enter the code. There is no password.";
    WE_COLLECT_YOUR_EMAIL_ADDRESS =
        "メールアドレス、お名前、予約の内容（健康に関わる情報を含みます）を、予約とご本人の確認のために取得し、予約した医療機関に提供します。くわしくは",
        "We collect your email address, name and appointments (which may tell something of your health) to book for you and to identify you, and give them to the clinic that you book with. See the ";
    CONTINUE_IF_YOU_AGREE = "をご覧のうえ、同意いただける場合は次へお進みください。", ". Continue if you agree.";
    CODE_CANNOT_BE_USED_ANY_MORE =
        "このコードは使えません。下のボタンで、新しいコードを送れます。",
        "This code cannot be used any more. Press the button below to get a new one.";
    ENTER_6_DIGITS_FROM_EMAIL = "メールに書かれた6桁の数字を入力してください。", "Enter the 6 digits from the email.";
    EMAIL_IS_TAKING_LONGER_THAN_USUAL = "メールの送信に時間がかかっています", "The email is taking longer than usual";
    WE_ARE_STILL_TRYING_TO_SEND_IT =
        "自動で送信を続けています。数分待っても届かないときは、アドレスを確認してください。",
        "We are still trying to send it. If it has not arrived in a few minutes, check the address.";
    COULD_NOT_DELIVER_TO_THIS_ADDRESS =
        "このアドレスにはメールを届けられませんでした",
        "We could not deliver an email to this address";
    MAIL_SERVER_DID_NOT_ACCEPT_IT =
        "送り先のメールサーバーが受け取りませんでした。アドレスが正しいか、受信を制限していないかを確認してください。",
        "Its mail server did not accept the email. Check the address, and whether it blocks emails.";
    WE_COULD_NOT_SEND_EMAIL = "メールを送信できませんでした", "We could not send the email";
    WAIT_THEN_SEND_ANOTHER_CODE =
        "少し待ってから、もう一度コードを送ってください。",
        "Please wait a little, then send another code.";
    ENTER_THE_CODE = "確認コードを入力", "Enter the code";
    ENTER_6_DIGIT_CODE_FROM_EMAIL =
        "メールで届いた6桁の確認コードを入力して、オンライン診療の予約にログインします。",
        "Enter the 6-digit code from the email to sign in to online care.";
    CODE_IS_OVER_OR_ANOTHER_BROWSER =
        "コードの有効期限（10分）が切れたか、別のブラウザで開いています。",
        "The code was good for ten minutes and is over, or this is another browser.";
    SEND_ANOTHER_CODE = "もう一度コードを送る", "Send another code";
    CODE = "確認コード", "Code";
    SIGN_IN = "ログインする", "Sign in";
    DIDNT_GET_THE_EMAIL = "メールが届かないとき", "Didn't get the email?";
    IT_MAY_TAKE_MINUTE_TO_ARRIVE = "届くまで1分ほどかかることがあります。", "It may take a minute to arrive.";
    CHECK_YOUR_SPAM_FOLDER = "迷惑メールのフォルダーを確認してください。", "Check your spam folder.";
    CHECK_THAT_ADDRESS_IS_RIGHT =
        "アドレスの打ち間違いがないか、確認してください。",
        "Check that the address is right.";
    ENTER_THE_ADDRESS_AGAIN = "アドレスを入力し直す", "Enter the address again";
    SEND_AGAIN = "もう一度送る", "Send another code";
    // The address stands between these two.
    WE_SENT_A_CODE_TO = "", "We sent a 6-digit code to ";
    ENTER_IT_WITHIN_TEN_MINUTES =
        " に6桁の確認コードを送りました。10分以内に入力してください。",
        ". Enter it within ten minutes.";
    email_comes_from(sender, domain) =
        "メールは {sender} から届きます。受信を制限している方は、このアドレスか、ドメイン {domain} を受信できるように設定してください。",
        "The email comes from {sender}. If your mail is filtered, allow this address or the domain {domain}.";

    // with arguments
    code_is_on_its_way(seconds) as Text =
        "コードは送信済みです。あと{seconds}秒たつと、もう一度送れます。届くまで1分ほどかかることがあります。",
        "A code is on its way. You can ask for another in {seconds} seconds. It may take a minute to arrive.";
    that_is_not_the_code(tries_left) as Text =
        "コードが違います。あと{tries_left}回入力できます。届いた最新のメールを確認してください。",
        "That is not the code. You have {tries_left} more tries. Please check the newest email.";
}
