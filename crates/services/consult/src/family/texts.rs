//! What the pages and letters about relatives say.

use text::texts;

texts! {
    // rules
    CHOOSE_WHO_IT_IS = "どなたかを選んでください。", "Choose who it is.";
    CHILD_IS_OF_AGE =
        "18歳以上の方は「そのほかの家族など」を選んでください。",
        "For somebody aged 18 or over, choose “another relative”.";

    // pages
    FAMILY = "ご家族", "Family";
    YOU_CAN_BOOK_FOR_THEM = "ここに登録した方の予約を、このアカウントで扱えます。", "You can book for everybody listed here.";
    NOBODY_IS_LISTED_YET = "まだどなたも登録されていません。", "Nobody is listed yet.";
    ADD_A_RELATIVE = "ご家族を追加する", "Add a relative";
    CHILDREN_PARENTS_AND_OTHERS =
        "お子さま、ご両親など、あなたが代わりに予約する方です。",
        "A child, a parent or somebody else for whom you book.";
    WHO_IS_IT = "どなたですか", "Who is it?";
    CHILD = "子ども", "My child";
    CHILD_SUPPORT =
        "18歳の誕生日に、このアカウントでは扱えなくなります。その前にメールでお知らせします。",
        "Until the 18th birthday. We write to you before.";
    PARENT = "親", "My parent";
    OTHER = "そのほかの家族など", "Another relative";
    YOURSELF = "本人", "The person themselves";
    AGED_YEARS_LABEL = "年齢", "Age";
    aged_years(age) = "{age}歳", "{age} years old";
    TELEPHONE_OF_RELATIVE_SUPPORT =
        "通信が切れたときに、医療機関からお電話する番号です。お子さまのときは、あなたの番号を入力してください。",
        "The clinic calls this number if the connection breaks. For a child, enter your own.";
    NAME_OF_RELATIVE_SUPPORT =
        "予約する方の、保険の書類に書かれているお名前です。",
        "As it stands on the insurance document of the person you book for.";
    ADD = "追加する", "Add";
    SAVE = "保存する", "Save";
    CHANGE_DETAILS = "情報を変える", "Change details";
    BACK_TO_FAMILY = "ご家族へ戻る", "Back to family";
    BACK_TO_YOUR_DETAILS = "登録情報へ戻る", "Back to your details";
    LET_ANOTHER_ACT = "ほかの方を招待する", "Invite another person";
    REMOVE = "このアカウントから外す", "Remove from this account";
    ALSO_ACTING = "ほかに扱える方", "Others who can book";
    too_many_relatives(max) =
        "1つのアカウントで扱えるのは、あなたを含めて{max}人までです。使わなくなった方を外すと、追加できます。",
        "An account can book for {max} people, you included. Remove somebody to add another.";
    NOT_ADDED = "追加していません", "Not added";

    // invitation
    INVITE_FOR = "招待する", "Invite";
    INVITED_PERSON_CAN =
        "招待された方は、予約・保険の確認・画像を、あなたと同じように扱えます。",
        "The invited person can book, prove insurance and see pictures, as you can.";
    E_MAIL_ADDRESS = "メールアドレス", "E-mail address";
    ONLY_THIS_ADDRESS_OPENS_IT = "このメールアドレスでログインした方だけが、招待を開けます。", "Only whoever signs in with this address can accept.";
    ENTER_AN_ADDRESS = "メールアドレスを確認してください。例：hanako@example.jp", "Please check the address, such as hanako@example.jp.";
    WHO_IS_THE_INVITED_PERSON = "招待する方から見て、どなたですか", "Who is the patient to the invited person?";
    THE_INVITED_PERSONS_CHILD = "その方の子ども", "Their child";
    THE_INVITED_PERSONS_CHILD_SUPPORT = "もう1人の保護者を招待するとき", "To invite the other parent";
    THE_PERSON_THEMSELVES = "その方ご自身", "The person themselves";
    THE_PERSON_THEMSELVES_SUPPORT =
        "お子さまが自分で使い始めるときなど、ご本人に引き継ぐとき",
        "To hand over to the person, such as a child who has grown up";
    THE_INVITED_PERSONS_PARENT = "その方の親", "Their parent";
    THE_INVITED_PERSONS_OTHER = "そのほか", "Somebody else";
    SEND_INVITATION = "招待のメールを送る", "Send the invitation";
    link_works_for_hours(hours) = "メールの中のリンクは{hours}時間使えます", "The link works for {hours} hours";
    INVITATION_IS_SENT = "招待のメールを送りました", "The invitation is on its way";
    ACTS_ALREADY = "この方は、もう扱えるようになっています。", "This person can book already.";
    TOO_MANY_LETTERS = "今日は、これ以上招待のメールを送れません。明日もう一度お試しください。", "No more invitations can be sent today. Please try again tomorrow.";
    INVITATION = "招待", "Invitation";
    SOMEBODY_INVITES_YOU = "次の方の予約などを扱えるように、招待されています。", "You are invited to book for this person.";
    NAME = "お名前", "Name";
    RELATIONSHIP = "あなたから見て", "To you";
    VALID_UNTIL = "有効期限", "Valid until";
    ACCEPT = "この方の予約を扱う", "Accept";
    ACCEPT_NEXT = "予約の一覧に、この方の予約も表示されます", "Their appointments will be in your list";
    INVITATION_HAS_EXPIRED = "この招待は期限が切れました", "This invitation has expired";
    INVITATION_WAS_ACCEPTED = "この招待は、もう使われました", "This invitation was accepted";
    ASK_TO_BE_INVITED_AGAIN = "招待した方に、もう一度送ってもらってください。", "Ask the person who invited you to send it again.";
    THEIR_APPOINTMENTS_ARE_IN_YOUR_LIST = "この方の予約は、予約の一覧にあります。", "Their appointments are in your list.";
    INVITATION_IS_FOR_ANOTHER_ADDRESS = "この招待は開けません", "This invitation cannot be opened";
    signed_in_with(address) =
        "いま {address} でログインしています。招待のメールが届いたアドレスでログインし直すと開けます。",
        "You are signed in with {address}. Sign in with the address that got the invitation.";
    SIGN_OUT = "ログアウト", "Sign out";
    TO_APPOINTMENTS = "予約の一覧へ", "To your appointments";

    // letter
    INVITATION_SUBJECT = "招待が届いています", "You have an invitation";
    YOU_ARE_INVITED_TO_ACT =
        "ご家族などの予約を扱えるように、招待されています。下のページを開き、このメールアドレスでログインしてください。",
        "You are invited to book for a relative. Open the page below and sign in with this address.";
    ACCESS_ENDS_SOON = "お子さまの予約を扱える期限のお知らせ", "Your access to a child's appointments ends soon";
    ACCESS_HAS_ENDED = "お子さまの予約を扱えなくなりました", "Your access to a child's appointments has ended";
    a_child_comes_of_age(day) =
        "登録されているお子さまが、{day}に18歳になります。その日から、このアカウントではお子さまの予約を扱えません。続けて使うには、その前に、下のページの「ほかの方を招待する」から、ご本人のメールアドレスに引き継いでください。",
        "A child on your account turns 18 on {day}. From that day on this account cannot book for them. To go on, hand over to their own address before: choose \"Invite another person\" on the page below.";
    a_child_has_come_of_age(day) =
        "登録されていたお子さまが、{day}に18歳になりました。このアカウントでは、もうお子さまの予約を扱えません。ご本人は、ご自分のメールアドレスで使い始められます。",
        "A child on your account turned 18 on {day}. This account can no longer book for them. They can start with an address of their own.";
    PLEASE_DONT_REPLY_TO_THIS_EMAIL = "このメールは送信専用です。", "Please don't reply to this email.";
}
