//! Errands: what the portal app is asked, and how the person comes back into the browser that began.

use base::{Digest, Id, Randomness, Span, Timestamp};
use database::Transaction;
use errand::{Device, Opened, Purpose};

use super::{Asking, Store, changed_once, procedure, read, review, written};
use crate::{
    ErrandKind, ProcedureKind, Refusal,
    rules::{
        errand::{End, Holder, LIFE, ReturnLink, Stage, Validity, Way, Word},
        procedure::{Asked, Via},
        renewal::Renewal,
    },
};

/// What a new errand is made of.
#[derive(Clone)]
pub(crate) struct NewErrand {
    pub(crate) id: Id<ErrandKind>,
    /// Of the ticket in the link.
    pub(crate) ticket: Digest,
    /// Of the ticket in the QR code.
    pub(crate) scan_ticket: Digest,
    pub(crate) nonce: [u8; 32],
    /// The browser in coarse words, for the app to show.
    pub(crate) browser_words: String,
    /// Whether a link that an iPhone's app opens can be expected to open this browser.
    pub(crate) return_link: ReturnLink,
}

/// An errand as it stands.
#[derive(Clone)]
pub(crate) struct ErrandView {
    pub(crate) id: Id<ErrandKind>,
    pub(crate) procedure: Option<Id<ProcedureKind>>,
    pub(crate) purpose: Purpose,
    pub(crate) nonce: [u8; 32],
    pub(crate) stage: Stage,
    pub(crate) browser_words: String,
    pub(crate) return_link: ReturnLink,
    pub(crate) began: Timestamp,
    pub(crate) ends: Timestamp,
    version: i64,
}

impl ErrandView {
    /// A view for a sample page.
    pub(crate) fn sample(
        id: Id<ErrandKind>,
        procedure: Option<Id<ProcedureKind>>,
        purpose: Purpose,
        stage: Stage,
        began: Timestamp,
    ) -> Self {
        Self {
            id,
            procedure,
            purpose,
            nonce: [0; 32],
            stage,
            browser_words: "Chrome / Android".to_owned(),
            return_link: ReturnLink::Untrusted,
            began,
            ends: began.plus(LIFE),
            version: 0,
        }
    }
}

/// How a person who comes back with the right or wrong word goes on.
pub(crate) enum Landing {
    /// The reception stands, or stood already.
    Registered(Id<ProcedureKind>),
    /// What is registered can be seen and changed, in the browser that began this errand.
    Review(Purpose),
    /// The digits are wrong; this many tries are left.
    WrongNumber(Id<ErrandKind>),
    /// It came to nothing; the errand's page says why.
    Ended(Id<ErrandKind>),
}

impl Store {
    /// Begins an errand that no procedure is behind: 同意照会・更新, すべての同意を取消す.
    pub(crate) async fn begin_review(&self, new: NewErrand, purpose: Purpose, asking: Asking) -> Result<(), Refusal> {
        self.database.write(move |transaction| begin(transaction, &new, None, &purpose, asking)).await
    }

    /// The errand, if this browser began it.
    pub(crate) async fn errand(&self, id: Id<ErrandKind>, asking: Asking) -> Result<ErrandView, Refusal> {
        self.database.read(move |transaction| by_browser(transaction, id, asking)?.ok_or(Refusal::NoSuchErrand)).await
    }

    /// The errand, if this browser began it, with what its procedure was asked for.
    pub(crate) async fn errand_with_asked(
        &self,
        id: Id<ErrandKind>,
        asking: Asking,
    ) -> Result<(ErrandView, Option<Asked>), Refusal> {
        self.database
            .read(move |transaction| {
                let view = by_browser(transaction, id, asking)?.ok_or(Refusal::NoSuchErrand)?;
                let asked = match view.procedure {
                    Some(id) => Some(procedure::load(transaction, id, asking)?.ok_or(Refusal::NoSuchProcedure)?.asked),
                    None => None,
                };
                Ok((view, asked))
            })
            .await
    }

    /// The errand that this browser began last.
    pub(crate) async fn newest_errand(&self, asking: Asking) -> Result<Option<Id<ErrandKind>>, Refusal> {
        self.database
            .read(move |transaction| {
                Ok(transaction.optional(
                    "SELECT id FROM errand WHERE browser = $1 ORDER BY began DESC, id DESC LIMIT 1",
                    &[&asking.browser],
                    |row| row.at(0),
                )?)
            })
            .await
    }

    /// An app takes the errand on. By which ticket it was opened is known here; what the app says of it counts only where
    /// it asks for less.
    pub(crate) async fn claim(
        &self,
        ticket: Digest,
        device: Device,
        opened: Opened,
        now: Timestamp,
    ) -> Result<ErrandView, Refusal> {
        self.database
            .write(move |transaction| {
                let (mut view, ticket) = by_ticket(transaction, ticket, now)?.ok_or(Refusal::TicketUnknown)?;
                let opened = if ticket == Opened::Scan { Opened::Scan } else { opened };
                view.stage = view.stage.clone().claim(device, opened)?;
                keep(transaction, &view, None)?;
                Ok(view)
            })
            .await
    }

    /// The errand of a ticket that an app has claimed.
    pub(crate) async fn claimed(&self, ticket: Digest, now: Timestamp) -> Result<ErrandView, Refusal> {
        self.database
            .read(move |transaction| {
                let view = claimed_by(transaction, ticket, now)?;
                view.stage.return_by(view.return_link)?;
                Ok(view)
            })
            .await
    }

    /// The card answered and was verified.
    pub(crate) async fn answer(&self, ticket: Digest, holder: Holder, way: Way, now: Timestamp) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let mut view = claimed_by(transaction, ticket, now)?;
                let code = match &way {
                    Way::Code { digest: code, .. } | Way::CodeOrNumber { code, .. } => Some(Digest::from_bytes(*code)),
                    Way::Number { .. } => None,
                };
                view.stage = view.stage.clone().answer(holder.clone(), way.clone())?;
                keep(transaction, &view, code)
            })
            .await
    }

    /// The errand of this ticket came to nothing.
    pub(crate) async fn end_by_ticket(&self, ticket: Digest, why: End, now: Timestamp) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let mut view = claimed_by(transaction, ticket, now)?;
                view.stage = view.stage.clone().end(why.clone());
                keep(transaction, &view, None)
            })
            .await
    }

    /// The browser brings the one-time code that the app gave it.
    pub(crate) async fn come_back_with_code(&self, code: Digest, asking: Asking) -> Result<Landing, Refusal> {
        let randomness = self.randomness.clone();
        self.database
            .write(move |transaction| {
                let id: Option<Id<ErrandKind>> =
                    transaction.optional("SELECT id FROM errand WHERE return_code = $1", &[&code], |row| row.at(0))?;
                let Some(id) = id else { return Err(Refusal::ReturnUnknown) };
                let Some(view) = by_browser(transaction, id, asking)? else {
                    // Not the browser that began: the code is worth nothing any more, to whoever sent it along.
                    return spend_elsewhere(transaction, id, asking.now).map(Err);
                };
                land(transaction, view, &Word::Code(code), &randomness, asking).map(Ok)
            })
            .await?
    }

    /// The person types the three digits that the app shows.
    pub(crate) async fn come_back_with_number(
        &self,
        id: Id<ErrandKind>,
        digits: String,
        asking: Asking,
    ) -> Result<Landing, Refusal> {
        let randomness = self.randomness.clone();
        self.database
            .write(move |transaction| {
                let view = by_browser(transaction, id, asking)?.ok_or(Refusal::NoSuchErrand)?;
                let word = Word::Number(number_digest(id, &digits));
                land(transaction, view, &word, &randomness, asking)
            })
            .await
    }
}

/// Spends a return code that came in a browser which did not begin, and tells that browser what to do.
fn spend_elsewhere(transaction: &mut Transaction<'_>, id: Id<ErrandKind>, now: Timestamp) -> Result<Refusal, Refusal> {
    let Some((mut view, _)) = find_errand(transaction, &Key::Id(id), now)? else { return Ok(Refusal::OtherBrowser) };
    view.stage = view.stage.clone().spend_code(End::Refused(Refusal::OtherBrowser.code_text().to_owned()));
    let refusal = match &view.stage {
        Stage::Answered { way: Way::Number { .. }, .. } => Refusal::NumberLeft,
        _ => Refusal::OtherBrowser,
    };
    keep(transaction, &view, None)?;
    Ok(refusal)
}

/// The digits are kept bound to their errand.
pub(crate) fn number_digest(id: Id<ErrandKind>, digits: &str) -> Digest {
    base::digest(&[id.to_string().as_bytes(), digits.as_bytes()])
}

/// The person is back in the browser that began, with a word. If it is right, what she came for happens in the same
/// transaction: a registration can neither be lost nor be made twice.
fn land(
    transaction: &mut Transaction<'_>,
    mut view: ErrandView,
    word: &Word,
    randomness: &Randomness,
    asking: Asking,
) -> Result<Landing, Refusal> {
    let (id, was_done) = (view.id, matches!(view.stage, Stage::Done { .. }));
    let (stage, outcome) = view.stage.clone().come_back(word, asking.now);
    view.stage = stage;
    if was_done {
        // Reloaded, or pressed twice: it has happened.
        return Ok(view.procedure.map_or(Landing::Review(view.purpose), Landing::Registered));
    }
    let landing = match (&view.stage, outcome) {
        (Stage::Done { holder }, Ok(())) => match proceed(transaction, &view, holder, randomness, asking)? {
            Ok(landing) => landing,
            Err(code) => {
                view.stage = Stage::Ended(End::Refused(code.to_owned()));
                Landing::Ended(id)
            }
        },
        (Stage::Answered { .. }, _) => Landing::WrongNumber(id),
        (Stage::Open | Stage::Claimed { .. } | Stage::Done { .. }, _) => return Err(Refusal::NoSuchErrand),
        (Stage::Ended(_), _) => Landing::Ended(id),
    };
    keep(transaction, &view, None)?;
    Ok(landing)
}

/// What the holder came for. The inner error is the code of a refusal that is told on the errand's page.
fn proceed(
    transaction: &mut Transaction<'_>,
    view: &ErrandView,
    holder: &Holder,
    randomness: &Randomness,
    asking: Asking,
) -> Result<Result<Landing, &'static str>, Refusal> {
    let Some(procedure) = view.procedure else {
        review::begin(transaction, holder, asking)?;
        return Ok(Ok(Landing::Review(view.purpose.clone())));
    };
    let procedure = procedure::load(transaction, procedure, asking)?.ok_or(Refusal::NoSuchProcedure)?;
    if procedure.errand != Some(view.id) {
        return Ok(Err(Refusal::Superseded.code_text()));
    }
    let Ok(choices) = procedure.stage.to_register() else { return Ok(Err(Refusal::Superseded.code_text())) };
    let Some(person) = super::person_of(transaction, holder)? else {
        return Ok(Err(shell::Refuse::code(&eligibility::Refusal::UnknownHolder)));
    };
    let new = eligibility::NewReception {
        number: eligibility::free_number(transaction, randomness)?,
        institution: procedure.asked.institution,
        term: procedure.asked.visit_date.map_or(eligibility::Term::UntilWithdrawn, eligibility::Term::Visit),
        person,
        choices,
        validity: match holder.certificate {
            Validity::Valid => eligibility::Validity::Full,
            Validity::Grace => eligibility::Validity::Grace,
        },
        via: match procedure.asked.via {
            Via::HandOver(_) => eligibility::Via::HandOver,
            Via::FixedUrl => eligibility::Via::FixedUrl,
        },
    };
    match eligibility::register(transaction, &new, asking.now) {
        Ok(registered) => {
            let stage = procedure.stage.clone().register(
                registered.number,
                registered.valid_until,
                Renewal::of(holder, asking.now),
            )?;
            procedure::keep(transaction, &procedure, &stage, procedure.errand)?;
            Ok(Ok(Landing::Registered(procedure.id)))
        }
        Err(refusal) if shell::Refuse::fault(&refusal) == shell::Fault::Us => Err(Refusal::Eligibility(refusal)),
        Err(refusal) => Ok(Err(shell::Refuse::code(&refusal))),
    }
}

/// Begins an errand for the browser that asks.
pub(super) fn begin(
    transaction: &mut Transaction<'_>,
    new: &NewErrand,
    procedure: Option<Id<ProcedureKind>>,
    purpose: &Purpose,
    asking: Asking,
) -> Result<(), Refusal> {
    transaction.execute(
        "INSERT INTO errand (id, browser, procedure, purpose, ticket, nonce, stage, browser_words, version, began, ends,
            scan_ticket, return_link)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12)",
        &[
            &new.id,
            &asking.browser,
            &procedure,
            &written(purpose)?,
            &new.ticket,
            &new.nonce,
            &written(&Stage::Open)?,
            &new.browser_words,
            &asking.now,
            &asking.now.plus(LIFE),
            &new.scan_ticket,
            &new.return_link.as_str(),
        ],
    )?;
    Ok(())
}

/// Ends an errand, whoever began it.
pub(super) fn end(
    transaction: &mut Transaction<'_>,
    id: Id<ErrandKind>,
    why: End,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some((mut view, _)) = find_errand(transaction, &Key::Id(id), now)? else { return Ok(()) };
    view.stage = view.stage.clone().end(why);
    keep(transaction, &view, None)
}

enum Key {
    Id(Id<ErrandKind>),
    Ticket(Digest),
    Browser(Id<ErrandKind>, Digest),
}

fn by_browser(
    transaction: &mut Transaction<'_>,
    id: Id<ErrandKind>,
    asking: Asking,
) -> Result<Option<ErrandView>, Refusal> {
    Ok(find_errand(transaction, &Key::Browser(id, asking.browser), asking.now)?.map(|(view, _)| view))
}

/// The errand of a ticket, and which of its two tickets this is.
fn by_ticket(
    transaction: &mut Transaction<'_>,
    ticket: Digest,
    now: Timestamp,
) -> Result<Option<(ErrandView, Opened)>, Refusal> {
    find_errand(transaction, &Key::Ticket(ticket), now)
}

/// The errand of a ticket for an app that goes on with it. What was opened with the link's ticket is gone on with by that
/// ticket alone: whoever scanned the QR code from the screen can neither answer nor end it.
fn claimed_by(transaction: &mut Transaction<'_>, ticket: Digest, now: Timestamp) -> Result<ErrandView, Refusal> {
    let (view, ticket) = by_ticket(transaction, ticket, now)?.ok_or(Refusal::TicketUnknown)?;
    match (&view.stage, ticket) {
        (Stage::Claimed { opened: Opened::Link, .. }, Opened::Scan) => Err(Refusal::TicketUnknown),
        _ => Ok(view),
    }
}

fn find_errand(
    transaction: &mut Transaction<'_>,
    key: &Key,
    now: Timestamp,
) -> Result<Option<(ErrandView, Opened)>, Refusal> {
    struct Found {
        id: Id<ErrandKind>,
        procedure: Option<Id<ProcedureKind>>,
        purpose: String,
        nonce: [u8; 32],
        stage: String,
        browser_words: String,
        version: i64,
        began: Timestamp,
        ends: Timestamp,
        return_link: String,
        scan_ticket: Option<Digest>,
    }
    let read_row = |row: &database::Row<'_>| {
        Ok(Found {
            id: row.at(0)?,
            procedure: row.at(1)?,
            purpose: row.at(2)?,
            nonce: row.at(3)?,
            stage: row.at(4)?,
            browser_words: row.at(5)?,
            version: row.at(6)?,
            began: row.at(7)?,
            ends: row.at(8)?,
            return_link: row.at(9)?,
            scan_ticket: row.at(10)?,
        })
    };
    let found = match key {
        Key::Id(id) => transaction.optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM errand WHERE id = $1",
            &[id],
            read_row,
        )?,
        Key::Ticket(ticket) => transaction.optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM errand WHERE ticket = $1 OR scan_ticket = $1",
            &[ticket],
            read_row,
        )?,
        Key::Browser(id, browser) => transaction.optional(
            "SELECT id, procedure, purpose, nonce, stage, browser_words, version, began, ends, return_link, scan_ticket
             FROM errand WHERE id = $1 AND browser = $2",
            &[id, browser],
            read_row,
        )?,
    };
    let Some(found) = found else { return Ok(None) };
    let stage: Stage = read(&found.stage, "errand.stage")?;
    let opened = match key {
        Key::Ticket(ticket) if found.scan_ticket == Some(*ticket) => Opened::Scan,
        Key::Ticket(_) | Key::Id(_) | Key::Browser(..) => Opened::Link,
    };
    let view = ErrandView {
        id: found.id,
        procedure: found.procedure,
        purpose: read(&found.purpose, "errand.purpose")?,
        nonce: found.nonce,
        stage: stage.at(now, found.ends),
        browser_words: found.browser_words,
        return_link: ReturnLink::from_text(&found.return_link),
        began: found.began,
        ends: found.ends,
        version: found.version,
    };
    Ok(Some((view, opened)))
}

fn keep(transaction: &mut Transaction<'_>, view: &ErrandView, code: Option<Digest>) -> Result<(), Refusal> {
    let update = "UPDATE errand SET stage = $3, return_code = COALESCE($4, return_code), version = version + 1
         WHERE id = $1 AND version = $2";
    let changed = transaction.execute(update, &[&view.id, &view.version, &written(&view.stage)?, &code])?;
    Ok(changed_once(changed, update)?)
}

/// How long a person may look at what is registered after the card was read.
pub(super) const REVIEW_LIFE: Span = Span::from_mins(10);
