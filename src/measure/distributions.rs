//! Distribution functions and quantiles to nearly full precision and at a bounded cost for large counts.
//! Arguments are checked by the callers; what cannot be computed is `None`.

use std::f64::consts::{PI, SQRT_2};
use std::sync::LazyLock;

use statrs::function::{erf, gamma};

/// From this shape on the gamma integral is taken by quadrature: series take O(√shape) terms.
const LARGE_SHAPE: f64 = 100.0;

/// Standard normal quantile: Φ⁻¹(p), 0 < p < 1.
pub fn normal_quantile(p: f64) -> Option<f64> {
    let start = SQRT_2 * erf::erfc_inv(2.0 * p);
    // Two Newton steps take away what the rational approximation leaves; the tail by the incomplete gamma function,
    // as `erfc` is only good to 1e-11.
    let tail = p.min(1.0 - p);
    let mut z = start.abs();
    for _ in 0..2 {
        let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
        z += (0.5 * gamma_tails(0.5, 0.5 * z * z)?.1 - tail) / density;
    }
    let z = if p < 0.5 { -z } else { z };
    z.is_finite().then_some(z)
}

/// Student's t quantile with `df` degrees of freedom, for p > ½: t² = df (1 − x) / x with `I_x(df/2`, ½) = 2 (1 − p).
pub(super) fn t_quantile(p: f64, df: f64) -> Option<f64> {
    let x = beta_quantile(2.0 * (1.0 - p), 0.5 * df, 0.5)?;
    let t = (df * (1.0 - x) / x).sqrt();
    t.is_finite().then_some(t)
}

/// Lower and upper tail of the gamma distribution with scale 1: (P(shape, x), Q(shape, x)).
pub(super) fn gamma_tails(shape: f64, x: f64) -> Option<(f64, f64)> {
    if x <= 0.0 {
        return Some((0.0, 1.0));
    }
    if shape >= LARGE_SHAPE {
        return Some(large_gamma_tails(shape, x));
    }
    if x < 1.0 {
        let lower = gamma_series(shape, x);
        return Some((lower, 1.0 - lower));
    }
    Some((gamma::checked_gamma_lr(shape, x).ok()?, gamma::checked_gamma_ur(shape, x).ok()?))
}

/// P(shape, x) for small x (DLMF 8.11.4); statrs takes very small ones for 0.
fn gamma_series(shape: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, shape);
    while term > 1e-17 * sum {
        k += 1.0;
        term *= x / k;
        sum += term;
    }
    (shape * x.ln() - x - gamma::ln_gamma(shape + 1.0)).exp() * sum
}

/// The gamma density's mode form: with m = shape − 1 and t = m (1 + u),
/// f(t) dt = √(m / 2π) e^{−s(m)} exp(m (ln(1+u) − u)) du, s being Stirling's series of ln Γ(m + 1).
fn scaled_density(m: f64, u: f64) -> f64 {
    let stirling = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * m * m)) / (m * m)) / m;
    (m / (2.0 * PI)).sqrt() * (m * (u.ln_1p() - u) - stirling).exp()
}

/// Integrates the nearer tail by Gauss–Legendre quadrature.
fn large_gamma_tails(shape: f64, x: f64) -> (f64, f64) {
    let m = shape - 1.0;
    let u = x / m - 1.0;
    let sd = 1.0 / m.sqrt();
    let (far, below) = if u < 0.0 {
        ((-8.0 * sd).min(u - 3.0 * sd).max(-1.0), true)
    } else {
        ((12.0 * sd).max(u + 4.0 * sd), false)
    };
    let half = 0.5 * (far - u).abs();
    let middle = 0.5 * (far + u);
    let sum: f64 =
        LEGENDRE.iter().map(|(node, weight)| weight * scaled_density(m, middle + half * node)).sum();
    let tail = (half * sum).clamp(0.0, 1.0);
    if below { (tail, 1.0 - tail) } else { (1.0 - tail, tail) }
}

/// Nodes and weights of Gauss–Legendre quadrature on [−1, 1] (Newton's method on the Legendre polynomial).
static LEGENDRE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    const ORDER: usize = 40;
    let order = ORDER as f64;
    (0..ORDER)
        .map(|i| {
            let mut node = (PI * (i as f64 + 0.75) / (order + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..20 {
                let (mut current, mut before) = (node, 1.0);
                for k in 2..=ORDER {
                    let k = k as f64;
                    (current, before) =
                        (((2.0 * k - 1.0) * node * current - (k - 1.0) * before) / k, current);
                }
                slope = order * (node * current - before) / (node * node - 1.0);
                let step = current / slope;
                node -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            (node, 2.0 / ((1.0 - node * node) * slope * slope))
        })
        .collect()
});

/// Gamma quantile, scale 1: x with P(shape, x) = p. Halley's method from Wilson and Hilferty's (1931) start,
/// kept inside a bracket.
pub(super) fn gamma_quantile(p: f64, shape: f64) -> Option<f64> {
    let usable = p > 0.0 && p < 1.0 && shape > 0.0 && shape.is_finite();
    if !usable {
        return None;
    }
    let z = normal_quantile(p)?;
    let hilferty = shape * (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt())).powi(3);
    let small = ((p.ln() + gamma::ln_gamma(shape + 1.0)) / shape).exp();
    let mut x = if shape < 1.0 || hilferty <= 0.05 * shape { small } else { hilferty };
    let (mut low, mut high) = (0.0, f64::INFINITY);
    for _ in 0..200 {
        if x <= f64::MIN_POSITIVE {
            return Some(0.0);
        }
        let (lower, upper) = gamma_tails(shape, x)?;
        let excess = if p <= 0.5 { lower - p } else { (1.0 - p) - upper };
        if excess == 0.0 {
            return Some(x);
        }
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = excess / gamma_density(shape, x);
        let halley = newton / (1.0 - 0.5 * newton * ((shape - 1.0) / x - 1.0)).max(0.5);
        let next = x - halley;
        let settled = halley.is_finite() && halley.abs() * shape.max(1.0).sqrt() < 1e-5 * x;
        if settled {
            // The method is cubic: the step after this one is below the precision.
            return Some(next);
        }
        x = match (next > low && next < high, high.is_finite()) {
            (true, _) => next,
            (false, true) => 0.5 * (low + high),
            (false, false) => 2.0 * x,
        };
    }
    None
}

fn gamma_density(shape: f64, x: f64) -> f64 {
    if shape >= LARGE_SHAPE {
        let m = shape - 1.0;
        return scaled_density(m, x / m - 1.0) / m;
    }
    ((shape - 1.0) * x.ln() - x - gamma::ln_gamma(shape)).exp()
}

/// A beta distribution.
#[derive(Clone, Copy)]
struct Beta {
    a: f64,
    b: f64,
    /// ln B(a, b).
    ln: f64,
}

impl Beta {
    fn new(a: f64, b: f64) -> Self {
        Self { a, b, ln: gamma::ln_gamma(a) + gamma::ln_gamma(b) - gamma::ln_gamma(a + b) }
    }

    /// Regularised incomplete beta function `I_x(a`, b).
    fn lower(self, x: f64) -> Option<f64> {
        let Self { a, b, ln } = self;
        if x <= 0.0 {
            Some(0.0)
        } else if x >= 1.0 {
            Some(1.0)
        } else if x > (a + 1.0) / (a + b + 2.0) {
            Some(1.0 - Self { a: b, b: a, ln }.lower_by_fraction(1.0 - x)?)
        } else {
            self.lower_by_fraction(x)
        }
    }

    /// By its continued fraction (DLMF 8.17.22), modified Lentz.
    fn lower_by_fraction(self, x: f64) -> Option<f64> {
        let Self { a, b, ln } = self;
        let front = (a * x.ln() + b * (-x).ln_1p() - ln).exp() / a;
        let guard = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
        let (mut c, mut d) = (1.0, 1.0 / guard(1.0 - (a + b) * x / (a + 1.0)));
        let mut fraction = d;
        for k in 1..100_000 {
            let k = f64::from(k);
            let even = k * (b - k) * x / ((a + 2.0 * k - 1.0) * (a + 2.0 * k));
            d = 1.0 / guard(1.0 + even * d);
            c = guard(1.0 + even / c);
            fraction *= d * c;
            let odd = -(a + k) * (a + b + k) * x / ((a + 2.0 * k) * (a + 2.0 * k + 1.0));
            d = 1.0 / guard(1.0 + odd * d);
            c = guard(1.0 + odd / c);
            fraction *= d * c;
            if (d * c - 1.0).abs() < 1e-15 {
                return Some(front * fraction);
            }
        }
        None
    }

    /// Two values with the p-quantile between them, near each other; where they are not found, 0 and 1. Halley's method from
    /// Abramowitz and Stegun's (26.5.22) start.
    fn around(self, p: f64) -> Option<(f64, f64)> {
        const APART: f64 = 16.0 * f64::EPSILON;
        let everything = Some((0.0, 1.0));
        let Self { a, b, ln } = self;
        if a < 1.0 || b < 1.0 {
            return everything;
        }
        let z = SQRT_2 * erf::erfc_inv(2.0 * p);
        let (first, second) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
        let (lambda, h) = ((z * z - 3.0) / 6.0, 2.0 / (first + second));
        let w =
            z * (h + lambda).max(0.0).sqrt() / h - (second - first) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        let mut x = a / (a + b * (2.0 * w).exp());
        for _ in 0..8 {
            if !(x > 0.0 && x < 1.0) {
                return everything;
            }
            let density = ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln).exp();
            let newton = (self.lower(x)? - p) / density;
            let bend = (a - 1.0) / x - (b - 1.0) / (1.0 - x);
            let step = newton / (1.0 - 0.5 * newton * bend).max(0.5);
            x -= step;
            // The next step would be smaller by far.
            if step.abs() < 1e-6 * x.min(1.0 - x) {
                break;
            }
        }
        // As far apart as the function is sure of its digits.
        let apart = APART * (1.0 + (a + b).sqrt());
        let (low, high) = (x * (1.0 - apart), (x * (1.0 + apart)).min(1.0));
        let between = low > 0.0 && self.lower(low)? < p && self.lower(high)? >= p;
        if between { Some((low, high)) } else { everything }
    }

    /// x with `I_x(a`, b) = p, by bisection to the last digits (relative to x).
    fn quantile(self, p: f64) -> Option<f64> {
        let (under, over) = self.around(p)?;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..1100 {
            let middle = 0.5 * (low + high);
            if high - low <= 4e-16 * high || middle <= low || middle >= high {
                break;
            }
            // Outside of the two values it is known on which side the quantile lies.
            let is_under = middle <= under || (middle < over && self.lower(middle)? < p);
            if is_under {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(0.5 * (low + high))
    }
}

/// Beta quantile: x with `I_x(a`, b) = p.
pub(super) fn beta_quantile(p: f64, a: f64, b: f64) -> Option<f64> {
    Beta::new(a, b).quantile(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} against {b}");
    }

    #[test]
    fn normal_quantiles() {
        // R 4.2.2: qnorm(c(.975, .9, .0005))
        close(normal_quantile(0.975).unwrap(), 1.959963984540054, 1e-14);
        close(normal_quantile(0.9).unwrap(), 1.2815515655446008, 1e-14);
        close(normal_quantile(0.0005).unwrap(), -3.2905267314918945, 1e-14);
    }

    #[test]
    fn both_ways_to_the_gamma_integral_agree() {
        for shape in [100.0, 150.0, 500.0, 3000.0] {
            for z in [-4.0, -2.0, -0.5, 0.0, 0.3, 2.0, 4.0] {
                let x: f64 = shape + z * f64::sqrt(shape);
                let (lower, upper) = large_gamma_tails(shape, x);
                close(lower, gamma::gamma_lr(shape, x), 3e-11);
                close(upper, gamma::gamma_ur(shape, x), 3e-11);
            }
        }
    }

    #[test]
    fn gamma_quantiles_invert_the_integral() {
        for shape in [0.01, 0.3, 1.0, 2.5, 40.0, 99.9, 100.0, 5e3, 1e6, 1e9] {
            for p in [0.0005, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9995] {
                let x = gamma_quantile(p, shape).unwrap();
                let (lower, _) = gamma_tails(shape, x).unwrap();
                assert!(x < 1e-300 || (lower - p).abs() < 1e-12, "shape {shape} p {p} x {x} gives {lower}");
            }
        }
    }

    /// The quantile by halving alone.
    fn halved(p: f64, beta: Beta) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        loop {
            let middle = 0.5 * (low + high);
            if high - low <= 4e-16 * high || middle <= low || middle >= high {
                return 0.5 * (low + high);
            }
            if beta.lower(middle).unwrap() < p {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    #[test]
    fn a_near_start_leaves_the_quantile_as_it_is_to_the_last_digit() {
        let mut near = 0;
        for a in [1.0, 2.0, 3.0, 7.0, 19.0, 44.0, 130.0, 901.0, 20_000.0] {
            for b in [1.0, 2.0, 5.0, 18.0, 21.0, 60.0, 333.0, 4_000.0, 19_998.0] {
                for p in [0.0005, 0.025, 0.1, 0.5, 0.9, 0.975, 0.9995] {
                    let beta = Beta::new(a, b);
                    near += i32::from(beta.around(p).unwrap() != (0.0, 1.0));
                    assert_eq!(beta.quantile(p).unwrap(), halved(p, beta), "{a} {b} {p}");
                }
            }
        }
        assert!(near > 500, "{near} of 567 had a near start");
    }

    #[test]
    fn beta_and_t_quantiles() {
        // R 4.2.2: qt(.975, c(1, 5, 12, 100))
        for (df, t) in [
            (1.0, 12.706204736174694),
            (5.0, 2.5705818356363137),
            (12.0, 2.1788128296672284),
            (100.0, 1.9839715185235516),
        ] {
            close(t_quantile(0.975, df).unwrap(), t, 1e-11);
        }
        // I_x(1, n) = 1 − (1 − x)ⁿ
        close(beta_quantile(0.025, 1.0, 40.0).unwrap(), 1.0 - 0.975f64.powf(1.0 / 40.0), 1e-11);
    }
}
