# Farrington Flexible by surveillance::farringtonFlexible.
# in: series, step (week|day), date, y. out: series, setting, t, expected, upper, score, alarm, trend.
suppressMessages(library(surveillance))
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(args[1])
settings <- list(
  list(b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, reweight = TRUE, weightsThreshold = 2.58,
       trend = TRUE, pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = 0.01),
  list(b = 4, w = 3, noPeriods = 1, pastWeeksNotIncluded = 3, reweight = FALSE, weightsThreshold = 2.58,
       trend = TRUE, pThresholdTrend = 0.05, thresholdMethod = "nbPlugin", alpha = 0.01),
  list(b = 3, w = 2, noPeriods = 4, pastWeeksNotIncluded = 10, reweight = FALSE, weightsThreshold = 1,
       trend = TRUE, pThresholdTrend = 0.05, thresholdMethod = "nbPlugin", alpha = 0.01),
  list(b = 2, w = 3, noPeriods = 1, pastWeeksNotIncluded = 3, reweight = TRUE, weightsThreshold = 1,
       trend = FALSE, pThresholdTrend = 0.05, thresholdMethod = "nbPlugin", alpha = 0.001))
out <- NULL
for (s in unique(d$series)) {
  one <- d[d$series == s, ]
  freq <- if (one$step[1] == "week") 52 else 365
  x <- sts(one$y, epoch = as.Date(one$date), epochAsDate = TRUE, frequency = freq)
  n <- nrow(one)
  for (i in seq_along(settings)) {
    control <- c(settings[[i]], list(range = (n - 24):n, limit54 = c(5, 4), glmWarnings = FALSE))
    f <- suppressWarnings(farringtonFlexible(x, control = control))
    out <- rbind(out, data.frame(series = s, setting = i - 1, t = control$range - 1,
      expected = as.numeric(f@control$expected), upper = as.numeric(upperbound(f)),
      score = as.numeric(f@control$score), alarm = as.numeric(alarms(f)), trend = as.numeric(f@control$trend)))
  }
}
write.csv(format(out, digits = 15), args[2], row.names = FALSE, quote = FALSE)
