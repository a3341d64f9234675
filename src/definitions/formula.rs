//! What a figure's formula is, with its literature, in Japanese and in English.

use super::indicator::{Indicator, Unit};
use super::measure::Measure;
use crate::measure::farrington::Step;
use crate::measure::intervals::PoissonLimits;
use crate::measure::standardised::DirectLimits;

impl Indicator {
    /// The formula in Japanese, with its literature.
    pub fn formula_ja(&self) -> String {
        let own = self.formula.as_ref().map(|(ja, _)| ja.clone());
        let made = || self.measure.explained_ja().map(str::to_owned);
        own.or_else(made).unwrap_or_else(|| self.plain(["分子", "分母"]))
    }

    /// The formula in English, with its literature.
    pub fn formula_en(&self) -> String {
        let own = self.formula.as_ref().map(|(_, en)| en.clone());
        let made = || self.measure.explained_en().map(str::to_owned);
        own.or_else(made).unwrap_or_else(|| self.plain(["numerator", "denominator"]))
    }

    /// Has it a denominator that its figure is not divided by, as far as its header tells? A count beside what it is
    /// counted among needs a `formula` of its own.
    pub fn lacks_formula(&self) -> bool {
        let divided = matches!(self.unit, Unit::Percent | Unit::Ratio | Unit::Number | Unit::Per100k);
        self.denominator.is_some()
            && self.formula.is_none()
            && !divided
            && self.measure.explained_ja().is_none()
    }

    /// Of an indicator that no statistics are made of, and whose header says nothing else.
    fn plain(&self, [numerator, denominator]: [&str; 2]) -> String {
        let by = match self.unit {
            Unit::Percent => " × 100",
            Unit::Per100k => " × 100,000",
            _ => "",
        };
        match self.denominator {
            Some(_) if !self.lacks_formula() => format!("{numerator} ÷ {denominator}{by}"),
            _ => numerator.to_owned(),
        }
    }
}

impl Measure {
    fn explained_ja(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Rate { limits: PoissonLimits::Exact, .. } => Some(
                "率 = 受理数 ÷ 人口 × 単位人口。95%信頼区間はポアソン分布の正確な区間（Garwood, Biometrika 1936）",
            ),
            Self::Rate { limits: PoissonLimits::Byar, .. } => Some(
                "率 = 受理数 ÷ 人口 × 単位人口。95%信頼区間は Byar によるポアソン分布の近似 \
                 （Breslow & Day, Statistical Methods in Cancer Research II, 1987）",
            ),
            Self::Share => Some("件数 ÷ 合計 × 100。95%信頼区間は Wilson のスコア区間（Wilson, JASA 1927）"),
            Self::SimpleR => Some(
                "（直近7日間 ÷ その前の7日間）の 5/7 乗（世代時間5日、間隔7日）。95%信頼区間は比の正確な区間を同じく累乗したもの",
            ),
            Self::Compared => Some(
                "その期間の1日あたりの数 ÷ 比較期間の1日あたりの数。95%信頼区間は、件数の合計を条件とする正確な区間 \
                 （Przyborowski & Wilenski, Biometrika 1940）",
            ),
            Self::RateRatio => Some(
                "その行の率 ÷ 比較する率（分母の欄）。95%信頼区間は、件数の合計を条件とする正確な区間 \
                 （Przyborowski & Wilenski, Biometrika 1940）",
            ),
            Self::Standardised { limits: DirectLimits::FayFeuer, .. } => Some(
                "年齢階級ごとの率を基準人口で重みづけた平均。95%信頼区間はガンマ分布による Fay と Feuer の方法、10件未満は\
                 算出しない（Fay & Feuer, Statistics in Medicine 1997）",
            ),
            Self::Standardised { limits: DirectLimits::Dobson, .. } => Some(
                "年齢階級ごとの率を基準人口で重みづけた平均。95%信頼区間は Dobson ほかの方法、10件未満は算出しない \
                 （Dobson et al., Statistics in Medicine 1991）",
            ),
            Self::Rt { .. } => Some(
                "Rt = 期間内の件数 ÷ それまでの症例の感染力（発症間隔の分布による）。事前分布は平均5・標準偏差5のガンマ分布、\
                 95%信用区間（Cori et al., American Journal of Epidemiology 2013）",
            ),
            Self::Nowcast { .. } => Some(
                "遅れの日数ごとの積み上がり（チェインラダー法、0件でも使える形 (x + 1 − F) ÷ F）。50・80・95%の帯は、同じ系列で過去に\
                 推計した誤差に当てはめた負の二項分布（Mack, ASTIN Bulletin 1993; Wolffram et al., PLoS Computational Biology 2023）",
            ),
            Self::NowcastCoverage { .. } => Some(
                "過去の各夜に推計したとすればどうだったかを、その日の数が出そろった後の値と比べ、帯に入った割合（その日から0〜6日後）。\
                 95%信頼区間は推計数ではなく夜の数による Wilson のスコア区間で、続く夜どうしの相関の分だけ夜を減らす（Newey & West, \
                 Econometrica 1987）。理論値は、推計した分布どおりに数が出そろうとき帯に入る割合: 件数は整数なので、まだ来ない数が少ない\
                 ときの狭い帯は50・80・95%より多く入る",
            ),
            Self::Alerts { step: Step::Week, .. } => Some(
                "EARS C1・C2・C3（週、基準は7週間、標準偏差の下限0.5。期待値は C2 のもの。C3 の上限は前2週の超過を差し引いたもので、超過だけで\
                 足りれば0）（Hutwagner et al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008）と \
                 Farrington Flexible（例年）。後者は過去の同じ季節（前後3週）の準ポアソン回帰（傾向と季節の項、過去の流行は重みを下げ、\
                 直近26週は除く）で、上限は負の二項分布による。直近4週が5件未満なら検知しない（Noufaily et al., Statistics in Medicine 2013）",
            ),
            Self::Alerts { step: Step::Day, .. } => Some(
                "EARS C1・C2・C3（日、基準は7日間、標準偏差の下限0.5。期待値は C2 のもの。C3 の上限は前2日の超過を差し引いたもので、超過だけで\
                 足りれば0）（Hutwagner et al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008）と \
                 Farrington Flexible（例年）。後者は過去の同じ季節（前後21日）の準ポアソン回帰（傾向と季節の項、過去の流行は重みを下げ、\
                 直近182日は除く。曜日の差は見ない）で、上限は負の二項分布による。直近28日が5件未満なら検知しない（Noufaily et al., \
                 Statistics in Medicine 2013 の週を日に置き換えたもの）",
            ),
            Self::StayLength | Self::StayCurve => Some(
                "入院から退院までの日数の Kaplan–Meier 推定。在院中の者は打ち切り、期間の初めにすでに入院していた者は左側切断。\
                 95%信頼区間は Greenwood の分散による対数変換（Kaplan & Meier, JASA 1958）",
            ),
            Self::BedsAhead { .. } | Self::BedsReached { .. } => Some(
                "入院数（報告遅れを補い、減衰する対数線形の傾向を誤差とばらつきとともに延ばす）に年齢別の在院日数の分布を\
                 たたみ込み、在院中の者は残りの日数で退院させる。帯は種を決めた1,000回の模擬。他自治体の患者は直近の報告のまま",
            ),
            Self::BedsTested { .. } => Some(
                "過去の各日に、その日までに分かっていたことだけで見通し、実際と比べる。誤差は重みつき区間スコアの平均（Bracher et \
                 al., PLoS Computational Biology 2021）で、前日値・週平均（7日）を延ばしただけの予測と並べる。MASE（Hyndman & Koehler, \
                 International Journal of Forecasting 2006）、帯に入った割合。判定は日ごとの誤差の差の平均とその95%信頼区間による（重なる見通しの\
                 相関を含む分散: Diebold & Mariano, Journal of Business & Economic Statistics 1995、少数の補正: Harvey, \
                 Leybourne & Newbold, International Journal of Forecasting 1997。自由度は重ならない期間の数 − 1）。両予測は前日値と週平均。差の区間が0を含めば\
                 「優劣は判定できない」。MASE が1を超えれば「中央値は前日値に劣る」。10回未満、または重ならない期間が3未満なら判定しない",
            ),
            Self::Quartiles => {
                Some("1歳ごとの件数から中央値と四分位（Hyndman & Fan 1996 の型7）。年齢の分からない者は除く")
            }
            Self::Doubling => Some(
                "ln 2 ÷ r。r は件数を日に回帰した対数線形ポアソン回帰の傾き（ばらつきは実際の大きさによる）。\
                 95%信頼区間は r の区間から。増加していないときは値なし。r の区間が0以下を含むときは上限なし",
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

    fn explained_en(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Rate { limits: PoissonLimits::Exact, .. } => {
                Some("rate = cases ÷ population × per; exact 95 % Poisson limits (Garwood, Biometrika 1936)")
            }
            Self::Rate { limits: PoissonLimits::Byar, .. } => Some(
                "rate = cases ÷ population × per; 95 % limits of Byar's approximation to the Poisson limits \
                 (Breslow & Day, Statistical Methods in Cancer Research II, 1987)",
            ),
            Self::Share => Some("cases ÷ total; 95 % score limits (Wilson, JASA 1927)"),
            Self::SimpleR => Some(
                "(last seven days ÷ the seven before)^(5/7): a generation of five days, seven days apart; 95 % limits are those of \
                 the ratio, exact, to the same power",
            ),
            Self::Compared => Some(
                "the period's mean a day ÷ that of the period that it is compared with; exact 95 % limits, conditional on \
                 the total of cases (Przyborowski & Wilenski, Biometrika 1940)",
            ),
            Self::RateRatio => Some(
                "the row's rate ÷ the rate that it is compared with; exact 95 % limits, conditional on the \
                 total of cases (Przyborowski & Wilenski, Biometrika 1940)",
            ),
            Self::Standardised { limits: DirectLimits::FayFeuer, .. } => Some(
                "the weighted mean of the age bands' rates, weights from the standard population; 95 % limits of Fay and \
                 Feuer from the gamma distribution, Statistics in Medicine 1997; none under 10 cases",
            ),
            Self::Standardised { limits: DirectLimits::Dobson, .. } => Some(
                "the weighted mean of the age bands' rates, weights from the standard population; 95 % limits of Dobson \
                 et al., Statistics in Medicine 1991; none under 10 cases",
            ),
            Self::Rt { .. } => Some(
                "Rt = cases of the window ÷ the infectivity of the cases before them by the serial interval, gamma prior \
                 with mean 5 and sd 5, \
                 95 % credible interval (Cori et al., American Journal of Epidemiology 2013)",
            ),
            Self::Nowcast { .. } => Some(
                "chain ladder by days of delay, in its zero-safe form (x + 1 − F) ÷ F; the bands are a negative \
                 binomial fitted to the errors of this history's own past nowcasts (Mack, ASTIN Bulletin 1993; \
                 Wolffram et al., PLoS Computational Biology 2023)",
            ),
            Self::NowcastCoverage { .. } => Some(
                "nowcasts as they would have been made on past days, against what was known when those days were \
                 complete: the share that lay within each band, days 0 to 6 after the event. 95 % score limits (Wilson) on \
                 nights instead of nowcasts, fewer the more one night goes with the next (Newey & West, Econometrica 1987). \
                 Expected: what the bands would hold of totals that come as foretold; counts are whole, so that narrow bands \
                 around few that are missing hold more than 50, 80 and 95 %",
            ),
            Self::Alerts { step, .. } => Some(match step {
                Step::Week => {
                    "EARS C1, C2 and C3 on weeks, baseline seven weeks, standard deviation at least 0.5, expected that of C2; the \
                     bound of C3 is lower by the excess of the two weeks before, and 0 where that alone is enough (Hutwagner et \
                     al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008); Farrington Flexible: a \
                     quasi-Poisson regression on the same season (three weeks on each side) of past years with trend and \
                     season, past outbreaks weighted down, the last 26 weeks left out, bound from the negative binomial; no \
                     alarm with under 5 cases in four weeks (Noufaily et al., Statistics in Medicine 2013)"
                }
                Step::Day => {
                    "EARS C1, C2 and C3 on days, baseline seven days, standard deviation at least 0.5, expected that of C2; the \
                     bound of C3 is lower by the excess of the two days before, and 0 where that alone is enough (Hutwagner et \
                     al., Journal of Urban Health 2003; Fricker et al., Statistics in Medicine 2008); Farrington Flexible: a \
                     quasi-Poisson regression on the same season (21 days on each side) of past years with trend and \
                     season, past outbreaks weighted down, the last 182 days left out, no term for weekdays, bound from the \
                     negative binomial; no alarm with under 5 cases in 28 days (Noufaily et al., Statistics in Medicine 2013, \
                     their weeks taken as days)"
                }
            }),
            Self::StayLength | Self::StayCurve => Some(
                "Kaplan–Meier estimate of the days from admission to discharge; those still in are censored, those \
                 already in when the window opens are left-truncated; 95 % limits from Greenwood's variance on the \
                 logarithmic scale (Kaplan & Meier, JASA 1958)",
            ),
            Self::BedsAhead { .. } | Self::BedsReached { .. } => Some(
                "admissions (as nowcast, then a damped log-linear trend with its error and scatter) convolved with the \
                 stays of each age band, and those in now leaving by what is left of their stays; bands from 1,000 \
                 seeded simulations; other wards' patients as last reported",
            ),
            Self::BedsTested { .. } => Some(
                "projections as they would have been made on past days with what was known then, against what came: mean \
                 weighted interval score (Bracher et al., PLoS Computational Biology 2021) beside those of the last value \
                 and of the mean of seven days carried on; MASE (Hyndman & Koehler, International Journal of Forecasting \
                 2006); the share that lay within each band. The verdict is by the mean difference of scores day for day with \
                 its 95 % limits: variance with the correlation of forecasts that overlap (Diebold & Mariano, Journal of Business \
                 & Economic Statistics 1995), corrected for few (Harvey, Leybourne & Newbold, International Journal of \
                 Forecasting 1997), as many degrees of freedom as spans that do not overlap, less one. Where the limits hold 0, \
                 none can be told from the other; where MASE is over 1 the median is behind the last value; under 10 forecasts \
                 or 3 such spans there is no verdict",
            ),
            Self::Quartiles => Some(
                "quartiles of ages in completed years, those of unknown age left out: at rank (n − 1) p, between \
                 neighbours by linear interpolation (Hyndman & Fan, The American Statistician 1996, definition 7)",
            ),
            Self::Doubling => Some(
                "ln 2 ÷ r, r from a log-linear Poisson regression of cases on days with the dispersion that they \
                 show; 95 % limits from those of r; none unless cases grow, no upper limit where r may be 0 or less",
            ),
            Self::Against => Some(
                "each figure as it is, before any rounding, against the scheme's dated marks; an item is not applied while its \
                 condition does not hold; no stage or level is declared",
            ),
            Self::ToDate => Some(
                "cases from the period's first day to now ÷ those of the period before to the same point, as they were known \
                 then; exact 95 % limits as for a rate ratio over equal time (Przyborowski & Wilenski, Biometrika 1940)",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, Definitions, measure::Measure};

    #[test]
    fn formulas_name_the_limits_that_are_used() {
        for (measure, ja, en) in [
            ("rate(per=1)", "Byar", "Byar's approximation"),
            ("rate(per=1, limits=exact)", "正確な区間（Garwood", "exact 95 % Poisson limits (Garwood"),
            ("standardised(standard=a, per=1)", "Dobson", "Dobson"),
            ("standardised(standard=a, per=1, limits=fay_feuer)", "Fay と Feuer", "Fay and Feuer"),
        ] {
            let measure = Measure::parse(measure).expect(measure);
            assert!(measure.explained_ja().is_some_and(|text| text.contains(ja)), "{ja}");
            assert!(measure.explained_en().is_some_and(|text| text.contains(en)), "{en}");
        }
    }

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
        assert!(catalog.indicators["new_cases_mean7"].formula_ja().contains("÷ 7"));
    }

    #[test]
    fn each_language_is_its_own_and_no_formula_is_made_of_sentences() {
        let japanese =
            |text: &str| text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        for indicator in catalog.indicators.values() {
            let (ja, en) = (indicator.formula_ja(), indicator.formula_en());
            assert!(!japanese(&en), "{}: {en}", indicator.id);
            assert!(japanese(&ja), "{}: {ja}", indicator.id);
            assert!(!indicator.lacks_formula(), "{}: {ja}", indicator.id);
            for part in [Some(&indicator.numerator), indicator.denominator.as_ref()].into_iter().flatten() {
                assert!(part.chars().count() < 12 || !ja.contains(part.as_str()), "{}: {ja}", indicator.id);
            }
        }
    }
}
