use super::look::Look;
use super::records::When;
use crate::clock::Stamp;
use crate::library::Phrases;

impl Look<'_> {
    /// A claimed time in every form.
    pub fn when(&self, unix_ms: i64, zone: &str) -> When {
        let stamp = self.stamp(unix_ms, zone);
        let (label, long) = match self.day_of(&stamp) {
            Some(day) => {
                self.until(day.until_ms());
                (day.label(&stamp.local_time), day.long(&stamp.local_time))
            }
            None => {
                self.until(Phrases::when_until(&stamp, self.at()));
                (self.phrases().when_label(&stamp, self.at()), self.phrases().when_long(&stamp))
            }
        };
        When {
            label,
            long,
            unix_ms,
            zone: stamp.zone,
            local_date: stamp.local_date,
            local_time: stamp.local_time,
            claimed: true,
        }
    }

    /// A claimed time as it stands inside a sentence.
    pub fn when_inside(&self, unix_ms: i64, zone: &str) -> String {
        let stamp = Stamp::at(unix_ms, zone);
        self.until(Phrases::when_until(&stamp, self.at()));
        self.phrases().when_inside(&stamp, self.at())
    }
}
