//! Parts 1 to 4: two phones, a private note, pairing, and what an agreement will be.

use super::Story;
use super::phone::Phone;
use crate::failure::{Done, Trouble};
use crate::files::size;
use crate::output::Edge;
use belay::command::{Command, NoteCommand, NoteDraft, RelationshipCommand};
use belay::error::{Code, Error};
use belay::exchange::flow::{PairingStage, Step};
use belay::exchange::pairing::{InviteTerms, spaced};
use belay::library::Arg;
use belay::space::Role;
use belay::view::{Answer, Ask, OwnershipKind};
use std::path::PathBuf;

impl Story<'_> {
    pub(super) fn two_phones(&self) -> Done {
        for phone in [&self.mara, &self.theo] {
            let made = self.say("demo-vault-made");
            let (words, asked) = phone.make_vault()?;
            self.check(&made, "24, 3", &format!("{words}, {asked}"))?;
            self.put(&self.say_of("demo-phone", &phone.name), 15, &made);
        }
        Ok(())
    }

    pub(super) fn a_private_note(&self) -> Done {
        let text = self.say("demo-note-text");
        let draft = NoteDraft { body: text.as_str().into(), ..NoteDraft::default() };
        let applied = self.mara.apply(Command::Note(NoteCommand::Create { draft }))?;
        let note = applied.outcomes.first().and_then(|outcome| outcome.made).ok_or(Code::Internal)?;
        self.quote(OwnershipKind::Mine, &format!("\"{text}\""));
        let Answer::Audience(audience) = self.mara.read(Ask::Audience { of: note })? else {
            return Err(Code::Internal.into());
        };
        let who = self.host.say("demo-who-can-see", &[("names", Arg::Text(&self.mara.name))]);
        let others = audience.people.iter().filter(|person| !person.is_me).count();
        self.check(&who, "1 0", &format!("{} {others}", audience.people.len()))?;
        self.host.page.inside(Edge::Bare, 2, &who);
        Ok(())
    }

    /// A line behind an edge, a little inside.
    pub(super) fn quote(&self, kind: OwnershipKind, text: &str) {
        self.host.page.quote(Edge::Of(kind), "", text);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.carried().join(name)
    }

    /// Carries what a step gives: written to a file and read from it.
    fn carry_step(&self, name: &str, step: &Step) -> Done<Vec<u8>> {
        let bytes = step.send.as_deref().ok_or(Code::Internal)?;
        std::fs::write(self.file(name), bytes).map_err(Error::from)?;
        Ok(std::fs::read(self.file(name)).map_err(Error::from)?)
    }

    pub(super) fn pairing(&self) -> Done {
        let (mara, theo) = (&self.mara, &self.theo);
        let names = ["mara-invites.belay", "theo-replies.belay", "mara-completes.belay"];
        let terms = InviteTerms::relationship(Role::Person);
        let invited = mara.companion.pair_invite(terms, &theo.name, &mara.now())?;
        let invitation = self.carry_step(names[0], &invited)?;
        let replied = theo.companion.pair_join(&invitation, None, &mara.name, &theo.now())?;
        let reply = self.carry_step(names[1], &replied)?;
        let completed = mara.companion.pair_take(&reply, &mara.now())?;
        let completion = self.carry_step(names[2], &completed)?;
        let taken = theo.companion.pair_take(&completion, &theo.now())?;

        let until = self.host.phrases.until_label(invited.expires_ms, &mara.now());
        let once = self.host.say("demo-pair-once", &[("until", Arg::Text(&until))]);
        self.check_works_once(&once, &invitation)?;
        let mut rows = Vec::new();
        for (name, said) in names.into_iter().zip([once, String::new(), String::new()]) {
            let length = std::fs::metadata(self.file(name)).map_err(Error::from)?.len();
            rows.push((vec![format!("  {name}"), size(self.host, length)], said, String::new()));
        }
        self.host.page.table(&rows);
        self.compare(mara, &completed, theo, &taken)?;
        self.compare(theo, &taken, mara, &completed)?;
        self.space.set(completed.space);
        self.say_names()?;
        // Somebody else whom only one of them knows: looked for in the seventh part.
        let other = self.say("demo-name-other");
        mara.companion.pair_invite(InviteTerms::relationship(Role::Person), &other, &mara.now())?;
        Ok(())
    }

    /// Another phone answers the same invitation: there is no second time.
    fn check_works_once(&self, name: &str, invitation: &[u8]) -> Done {
        let stranger = Phone::new(self.host, &self.folder.join("stranger"), &self.say("demo-name-other"))?;
        stranger.make_vault()?;
        let reply = stranger.companion.pair_join(invitation, None, &self.mara.name, &stranger.now())?;
        let reply = reply.send.ok_or(Code::Internal)?;
        let second = self.mara.companion.pair_take(&reply, &self.mara.now());
        self.check_is(name, second.is_err_and(|failure| failure.code() == Code::InvitationUsed))
    }

    fn compare(&self, from: &Phone, told: &Step, to: &Phone, here: &Step) -> Done {
        let digits = told.digits.as_deref().ok_or(Code::Internal)?;
        let shown = spaced(digits);
        let args = [("one", Arg::Text(&from.name)), ("two", Arg::Text(&to.name)), ("digits", Arg::Text(&shown))];
        let line = self.host.say("demo-digits-same", &args);
        let typed = to.companion.pair_digits(&here.id, digits, &to.now());
        self.check_is(&line, typed.is_ok_and(|step| step.stage == PairingStage::Done))?;
        self.host.page.inside(Edge::Bare, 2, &line);
        Ok(())
    }

    /// Each says what they are called where they share.
    fn say_names(&self) -> Done {
        for phone in [&self.mara, &self.theo] {
            let command = RelationshipCommand::MyName { space: self.space.get(), name: phone.name.as_str().into() };
            phone.apply(Command::Relationship(command))?;
        }
        Ok(())
    }

    pub(super) fn agreement(&self) -> Done {
        self.host.page.inside(Edge::Bare, 2, &self.say("demo-agreement-later"));
        self.host.page.inside(Edge::Bare, 2, &self.say("demo-agreement-until"));
        Ok(())
    }

    /// What both share.
    pub(super) fn shared(&self) -> Done<belay::ids::SpaceId> {
        self.space.get().ok_or_else(|| Trouble::from(Code::Internal))
    }
}
