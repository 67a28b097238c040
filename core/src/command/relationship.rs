use super::place::only;
use super::{Desk, Outcome, RelationshipCommand};
use crate::document::{Kind, profile, spaces};
use crate::error::{Code, Field, Result};
use crate::ids::SpaceId;
use crate::space::may_write_content;
use crate::text::Shape;

pub(super) fn perform(desk: &mut Desk<'_>, command: &RelationshipCommand) -> Result<Outcome> {
    match command {
        RelationshipCommand::Nickname { space, name } => {
            let name = Shape::Label.check(Field::Nickname, name.as_str())?;
            if desk.people(space)?.is_own() {
                return Code::NotFound.err();
            }
            let doc = write_spaces(desk, space, &name)?;
            Ok(Outcome { touched: vec![doc], ..Outcome::default() })
        }
        RelationshipCommand::MyName { space, name } => {
            let name = Shape::Label.check(Field::Name, name.as_str())?;
            let space = *space.as_ref().unwrap_or(&desk.me.own);
            let people = desk.people(&space)?;
            may_write_content(people.state())?;
            let birth = only(space, Kind::Profile, Some(people.me()), None, None);
            let doc = desk.write_in(birth, &[profile::set_name(&name)])?;
            Ok(Outcome { touched: vec![doc], ..Outcome::default() })
        }
        RelationshipCommand::GoOnAlone { doc } => super::going_on::perform(desk, doc),
    }
}

/// Names a space in my own list, with my name for the other member.
pub(crate) fn write_spaces(desk: &mut Desk<'_>, space: &SpaceId, nickname: &str) -> Result<crate::ids::DocId> {
    let own = desk.me.own;
    let birth = only(own, Kind::Spaces, Some(desk.member(&own)?), None, None);
    desk.write_in(birth, &spaces::add(*space, nickname))
}
