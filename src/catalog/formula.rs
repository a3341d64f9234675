//! What a figure's formula is, in Japanese; [`Measure::explained`] says the same in English.

use super::indicator::{Indicator, Unit};
use super::measure::Measure;

impl Indicator {
    /// The formula in Japanese, with its literature.
    pub fn formula_ja(&self) -> String {
        self.measure.explained_ja().map_or_else(|| self.plain(["分子", "分母"]), str::to_owned)
    }

    /// The formula in English, with its literature.
    pub fn formula_en(&self) -> String {
        let plain = || self.plain(["numerator", "denominator"]);
        self.measure.explained().map_or_else(plain, str::to_owned)
    }

    /// Of an indicator that no statistics are made of.
    fn plain(&self, [numerator, denominator]: [&str; 2]) -> String {
        let by = match self.unit {
            Unit::Percent => " × 100",
            Unit::Per100k => " × 100,000",
            _ => "",
        };
        match self.denominator {
            Some(_) => format!("{numerator} ÷ {denominator}{by}"),
            None => numerator.to_owned(),
        }
    }
}

impl Measure {
    fn explained_ja(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Rate { .. } => Some(
                "率 = 受理数 ÷ 人口 × 単位人口。95%信頼区間は Byar によるポアソン分布の近似 \
                 （Breslow & Day, Statistical Methods in Cancer Research II, 1987）",
            ),
            Self::RateRatio => Some(
                "その行の率 ÷ 他の行を合わせた率。95%信頼区間は、件数の合計を条件とする正確な区間 \
                 （Przyborowski & Wilenski, Biometrika 1940）",
            ),
            Self::Standardised { .. } => Some(
                "年齢階級ごとの率を基準人口で重みづけた平均。95%信頼区間は Dobson ほかの方法、10件未満は算出しない \
                 （Dobson et al., Statistics in Medicine 1991）",
            ),
            Self::Rt { .. } => Some(
                "Rt = 期間内の件数 ÷ それまでの症例の感染力（発症間隔の分布による）。事前分布は平均5・標準偏差5のガンマ分布、\
                 95%信用区間（Cori et al., American Journal of Epidemiology 2013）",
            ),
            Self::Nowcast { .. } => Some(
                "遅れの日数ごとの積み上がり（チェインラダー法、0件でも使える形 (x + 1 − F) ÷ F）。95%の帯は、同じ系列で過去に\
                 推計した誤差に当てはめた負の二項分布（Mack, ASTIN Bulletin 1993; Wolffram et al., PLoS Computational Biology 2023）",
            ),
            Self::NowcastCoverage { .. } => Some(
                "過去の各日に推計したとすればどうだったかを、その日の数が出そろった後の値と比べ、帯に入った割合（発病後0〜6日）",
            ),
            Self::Ears => Some(
                "EARS C1・C2・C3、基準は7日間。期待値と上限は C2 のもの（Hutwagner et al., Journal of Urban Health 2003; \
                 Fricker et al., Statistics in Medicine 2008）",
            ),
            Self::Doubling => Some(
                "ln 2 ÷ r。r は件数を日に回帰した対数線形ポアソン回帰の傾き（ばらつきは実際の大きさによる）。\
                 95%信頼区間は r の区間から。増加していないときは値なし",
            ),
            Self::Against => Some(
                "各指標の四捨五入前の値を、日付のある目安と比べる。条件を満たさない項目は適用外。\
                 ステージやレベルは判定しない",
            ),
            Self::ToDate => Some(
                "期間の初日から現在までの件数 ÷ 前の期間の同じ経過時点までの件数（そのとき把握していた数）。\
                 95%信頼区間は、同じ長さの期間の率比の正確な区間（Przyborowski & Wilenski, Biometrika 1940）",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, Definitions};

    #[test]
    fn formulas_speak_both_languages_and_cite_the_same() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let years = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_ascii_digit());
            words.filter(|w| w.len() == 4).map(str::to_owned).collect()
        };
        for indicator in catalog.indicators.values() {
            let (ja, en) = (indicator.formula_ja(), indicator.formula_en());
            assert!(!ja.is_empty() && !en.is_empty(), "{}", indicator.id);
            assert_eq!(years(&ja), years(&en), "{}", indicator.id);
        }
        assert_eq!(catalog.indicators["bed_occupancy"].formula_ja(), "分子 ÷ 分母 × 100");
    }
}
