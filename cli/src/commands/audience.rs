//! `belay audience`: who is able to read something, from the keys.

use super::tell;
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::error::Code;
use belay::view::{Answer, Ask};

/// Who can see something.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay audience wellness")]
pub struct Audience {
    /// Which note, goal, plan or copy.
    object: String,
}

impl Audience {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let of = find::object(host, &self.object)?.id();
        let Answer::Audience(audience) = host.read(Ask::Audience { of })? else { return Err(Code::Internal.into()) };
        if host.flags.json {
            return tell(host, "audience", &*audience);
        }
        host.page.line(&audience.label);
        if audience.people.len() > 1 {
            for person in &audience.people {
                host.page.item_beside(Edge::Bare, "  ", person.name.as_str(), &person.role_label);
            }
            host.page.line(&host.say("audience-known", &[]));
        }
        Ok(())
    }
}
