//! Weighted least squares by Householder reflections, for designs of a few columns.

use crate::epi::reason::Reason;

/// A dense matrix, one row after another.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    columns: usize,
    cells: Vec<f64>,
}

impl Design {
    /// A design from its columns, each as long as the series.
    pub fn from_columns(columns: &[Vec<f64>]) -> Result<Self, Reason> {
        let rows = columns.first().map_or(0, Vec::len);
        if rows == 0 {
            return Err(Reason::TooFew { have: 0, need: 1 });
        }
        if let Some(odd) = columns.iter().find(|column| column.len() != rows) {
            return Err(Reason::LengthsDiffer { left: rows, right: odd.len() });
        }
        let cells: Vec<f64> =
            (0..rows).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
        if cells.iter().any(|cell| !cell.is_finite()) {
            return Err(Reason::NotANumber);
        }
        Ok(Self { columns: columns.len(), cells })
    }

    pub fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// X β.
    pub fn times(&self, coefficients: &[f64]) -> Vec<f64> {
        self.cells.chunks_exact(self.columns).map(|row| dot(row, coefficients)).collect()
    }
}

/// The solution of min Σ wᵢ (zᵢ − xᵢβ)², with what its covariance and leverages need.
#[derive(Debug, Clone)]
pub struct Solution {
    pub coefficients: Vec<f64>,
    /// (XᵀWX)⁻¹, row after row.
    pub unscaled_covariance: Vec<f64>,
    /// hᵢ = wᵢ xᵢ (XᵀWX)⁻¹ xᵢᵀ.
    pub leverages: Vec<f64>,
}

/// Below this share of its column's length a diagonal of R counts as zero (the rule of LINPACK's `dqrdc2`).
const TOLERANCE: f64 = 1e-11;

/// Solve with weights w ≥ 0; refused when the columns can't be told apart.
pub fn solve(design: &Design, response: &[f64], weights: &[f64]) -> Result<Solution, Reason> {
    let (rows, columns) = (design.rows(), design.columns());
    if rows < columns {
        return Err(Reason::TooFew { have: rows, need: columns });
    }
    let roots: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let scaled: Vec<Vec<f64>> = (0..columns)
        .map(|column| (0..rows).map(|row| roots[row] * design.row(row)[column]).collect())
        .collect();
    let mut target: Vec<f64> = response.iter().zip(&roots).map(|(value, root)| value * root).collect();

    let mut upper = vec![0.0; columns * columns];
    let mut work = scaled.clone();
    for k in 0..columns {
        let original = norm(&scaled[k]);
        let length = norm(&work[k][k..]);
        if length.is_nan() || length <= TOLERANCE * original {
            return Err(Reason::Collinear);
        }
        let signed = if work[k][k] > 0.0 { -length } else { length };
        let mut mirror = work[k][k..].to_vec();
        mirror[0] -= signed;
        let square = dot(&mirror, &mirror);
        for column in work.iter_mut().skip(k) {
            reflect(&mut column[k..], &mirror, square);
        }
        reflect(&mut target[k..], &mirror, square);
        for (j, column) in work.iter().enumerate().skip(k) {
            upper[k * columns + j] = column[k];
        }
    }

    let inverse = invert_upper(&upper, columns);
    let coefficients =
        (0..columns).map(|i| (i..columns).map(|j| inverse[i * columns + j] * target[j]).sum()).collect();
    let mut unscaled_covariance = vec![0.0; columns * columns];
    for i in 0..columns {
        for j in 0..columns {
            unscaled_covariance[i * columns + j] =
                dot(&inverse[i * columns..(i + 1) * columns], &inverse[j * columns..(j + 1) * columns]);
        }
    }
    let leverages = (0..rows)
        .map(|row| {
            (0..columns)
                .map(|j| {
                    let q: f64 = (0..=j).map(|i| scaled[i][row] * inverse[i * columns + j]).sum();
                    q * q
                })
                .sum()
        })
        .collect();
    Ok(Solution { coefficients, unscaled_covariance, leverages })
}

pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

fn reflect(column: &mut [f64], mirror: &[f64], square: f64) {
    if square > 0.0 {
        let share = 2.0 * dot(column, mirror) / square;
        for (cell, part) in column.iter_mut().zip(mirror) {
            *cell -= share * part;
        }
    }
}

fn invert_upper(upper: &[f64], size: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; size * size];
    for j in 0..size {
        inverse[j * size + j] = 1.0 / upper[j * size + j];
        for i in (0..j).rev() {
            let sum: f64 = (i + 1..=j).map(|k| upper[i * size + k] * inverse[k * size + j]).sum();
            inverse[i * size + j] = -sum / upper[i * size + i];
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points() {
        let design = Design::from_columns(&[vec![1.0; 4], vec![0.0, 1.0, 2.0, 3.0]]).unwrap();
        let fit = solve(&design, &[1.0, 3.0, 5.0, 7.0], &[1.0; 4]).unwrap();
        assert!((fit.coefficients[0] - 1.0).abs() < 1e-12);
        assert!((fit.coefficients[1] - 2.0).abs() < 1e-12);
        // The leverages of a straight line sum to its two parameters.
        assert!((fit.leverages.iter().sum::<f64>() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn columns_that_repeat_are_refused() {
        let design = Design::from_columns(&[vec![1.0; 3], vec![2.0; 3]]).unwrap();
        assert_eq!(solve(&design, &[1.0, 2.0, 3.0], &[1.0; 3]).unwrap_err(), Reason::Collinear);
    }
}
