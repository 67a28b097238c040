//! What a process that dies, or a disk that fails, may leave behind. A child does the deeds of a scenario and says each
//! line when it begins and when it was confirmed; whoever started it looks at the folder afterwards ([`after()`]).

mod actor;
mod after;
mod deed;
mod scene;
mod told;

pub use actor::{Actor, Seen, seen};
pub use after::{after, check_folder, goes_on, live, prepare};
pub use deed::{Deed, Scenario};
pub use scene::{PAGE_BYTES, Scene, copy_folder};
pub use told::Told;
