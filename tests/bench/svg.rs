//! Curves as pictures: plain SVG, both axes by powers of ten.

use std::fmt::Write;

/// A curve: its name, and its points as how much there is and what it costs.
pub struct Curve {
    /// Told beside it.
    pub name: String,
    /// At least one.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
/// Told apart with every kind of colour sight (Okabe and Ito).
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/// From powers of ten to places on the picture.
struct Axis {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let powers: Vec<f64> = values.map(|value| value.max(1e-3).log10()).collect();
        let least = powers.iter().copied().fold(f64::INFINITY, f64::min).floor();
        let most = powers.iter().copied().fold(f64::NEG_INFINITY, f64::max).ceil();
        Axis { least, most: most.max(least + 1.0), from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let power = value.max(1e-3).log10();
        self.from + (power - self.least) / (self.most - self.least) * (self.to - self.from)
    }

    fn marks(&self) -> impl Iterator<Item = f64> {
        let most = self.most;
        std::iter::successors(Some(self.least), |power| Some(power + 1.0))
            .take_while(move |power| *power <= most)
            .map(|power| 10f64.powf(power))
    }
}

/// The picture.
pub fn draw(title: &str, across: &str, up: &str, curves: &[Curve]) -> String {
    let points = || curves.iter().flat_map(|curve| curve.points.iter());
    let x = Axis::over(points().map(|(much, _)| *much), LEFT, WIDTH - RIGHT);
    let y = Axis::over(points().map(|(_, cost)| *cost), HEIGHT - BOTTOM, TOP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{title}</text>\n"
    );
    let mut put = |line: String| svg.write_fmt(format_args!("{line}\n")).expect("writing to memory does not fail");
    for mark in x.marks() {
        let (at, low) = (x.place(mark), HEIGHT - BOTTOM);
        put(format!("<line x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{low}\" stroke=\"#ddd\"/>"));
        put(format!("<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>", low + 16.0, number(mark)));
    }
    for mark in y.marks() {
        let (at, end) = (y.place(mark), WIDTH - RIGHT);
        put(format!("<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{end}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>"));
        put(format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", LEFT - 6.0, at + 4.0, number(mark)));
    }
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    put(format!("<text x=\"{middle}\" y=\"{:.1}\" text-anchor=\"middle\">{across}</text>", HEIGHT - 10.0));
    put(format!("<text x=\"{LEFT}\" y=\"{:.1}\">{up}</text>", TOP - 4.0));
    for (at, (curve, colour)) in curves.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let place = |(much, cost): &(f64, f64)| (x.place(*much), y.place(*cost));
        let line: Vec<String> =
            curve.points.iter().map(place).map(|(across, up)| format!("{across:.1},{up:.1}")).collect();
        put(format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", line.join(" ")));
        for (across, up) in curve.points.iter().map(place) {
            put(format!("<circle cx=\"{across:.1}\" cy=\"{up:.1}\" r=\"3\" fill=\"{colour}\"/>"));
        }
        let (left, low) = (WIDTH - RIGHT + 14.0, TOP + 12.0 + 20.0 * at as f64);
        put(format!("<text x=\"{left}\" y=\"{low}\" fill=\"{colour}\">{}</text>", curve.name));
    }
    put("</svg>".to_owned());
    svg
}

fn number(mark: f64) -> String {
    match mark {
        mark if mark >= 1e6 => format!("{}M", mark / 1e6),
        mark if mark >= 1e3 => format!("{}k", mark / 1e3),
        mark => format!("{mark}"),
    }
}
