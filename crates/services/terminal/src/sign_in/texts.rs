//! What the sign-in page says, and the names of the accounts and of the menu.

use text::texts;

texts! {
    // accounts
    ROLE_ADMINISTRATOR = "管理者", "Administrator (管理者)";
    ROLE_STAFF = "一般", "Staff (一般)";
    ROLE_MEDICAL_INFORMATION = "医療情報閲覧", "Medical information (医療情報閲覧)";

    // menu
    MENU_RECEPTIONS = "同意済資格情報取得", "Receptions";
    MENU_BY_DOCUMENT = "資格確認（記号・番号）", "By document";
    MENU_APPOINTMENTS = "予約の読み込み", "Appointments";
    MENU_TO_BE_ASKED_AGAIN = "再確認の一覧", "To be asked again";
    MENU_CONFIRMED = "確認の記録", "Confirmed";
    MENU_PATIENTS_WHO_CONSENTED = "同意取得済み患者一覧", "Patients who consented";
    MENU_SETTINGS = "環境設定情報更新", "Settings";
    MENU_ADDRESS = "医療機関別URL取得・変更", "Address";

    // the sign-in page
    CHOOSE_THE_INSTITUTION = "医療機関を選んでください", "Choose the institution";
    CHOOSE_THE_ACCOUNT = "アカウントを選んでください", "Choose the account";
    ACCOUNT_OR_PASSWORD_IS_WRONG = "アカウントまたはパスワードが違います", "Account or password is wrong";
    account_is_blocked_until(time) =
        "続けて間違えたため、このアカウントは{time}までログインできません",
        "After several misses nobody can sign in with this account until {time}";
    SEE_RECEPTIONS_AND_ELIGIBILITY = "受付の一覧と資格情報を見る", "See receptions and eligibility";
    SEE_CONSENTED_MEDICAL_INFORMATION =
        "同意された薬剤・診療・手術・健診の情報を見る",
        "See consented medicines, treatment, operations, check-ups";
    SEE_AND_CHANGE_SETTINGS =
        "環境設定と、患者が登録に使うURLを見る・変更する",
        "See and change the settings, and the address where patients register";
    SIGN_IN = "ログイン", "Sign in";
    WHAT_THE_TERMINAL_IS =
        "医療機関の資格確認端末のログイン画面です。",
        "Sign in to the terminal that confirms insurance at an institution.";
    NO_INSTITUTION_IS_SET_UP = "医療機関が設定されていません", "No institution is set up";
    ADD_INSTITUTION_TO_SETTINGS =
        "この端末の設定に医療機関を追加して、起動し直してください。",
        "Add an institution to this terminal's settings and start it again.";
    INSTITUTION = "医療機関", "Institution";
    CHOOSE_OPTION = "選んでください", "Choose";
    ACCOUNT = "アカウント", "Account";
    PASSWORD = "パスワード", "Password";
    SIGN_IN_BUTTON = "ログインする", "Sign in";
    LEADS_TO_WHAT_THIS_ACCOUNT_MAY_SEE =
        "アカウントで見られる画面に進みます。12時間で自動的にログアウトします。",
        "Leads to what this account may see. You are signed out after 12 hours.";
}
