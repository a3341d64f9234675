# Rt by Cori et al.: EpiEstim::estimate_R. A serial interval of mean 0 stands for the distribution given with Flu2009.
suppressMessages(library(EpiEstim))
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
flu <- c(0, .233, .359, .198, .103, .053, .027, .014, .007, .003, .002, .001)
one <- function(s) {
  days <- nrow(s)
  start <- seq(2, days - s$window[1] + 1)
  base <- list(t_start = start, t_end = start + s$window[1] - 1,
               mean_prior = s$prior_mean[1], std_prior = s$prior_sd[1])
  incidence <- data.frame(local = s$local, imported = 0)
  if (s$si_mean[1] == 0) {
    config <- make_config(c(base, list(si_distr = flu)))
    fit <- suppressWarnings(estimate_R(incidence, method = "non_parametric_si", config = config))
  } else {
    config <- make_config(c(base, list(mean_si = s$si_mean[1], std_si = s$si_sd[1])))
    fit <- suppressWarnings(estimate_R(incidence, method = "parametric_si", config = config))
  }
  r <- fit$R
  data.frame(set = s$set[1], start = r$t_start, end = r$t_end, mean = r$`Mean(R)`, sd = r$`Std(R)`,
             lower = r$`Quantile.0.025(R)`, median = r$`Median(R)`, upper = r$`Quantile.0.975(R)`)
}
out <- as.matrix(do.call(rbind, lapply(split(rows, rows$set), one)))
out[] <- ifelse(is.na(out), "NA", sprintf("%.17g", out))
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
