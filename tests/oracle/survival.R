# Kaplan-Meier curves with both kinds of limits, median and restricted mean: survival::survfit.
suppressMessages(library(survival))
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
one <- function(s, limits) {
  stay <- if (s$truncated[1] == 1) Surv(s$entry, s$exit, s$ended) else Surv(s$exit, s$ended)
  fit <- survfit(stay ~ 1, conf.type = limits)
  # print.survfit's restricted mean and the median with its limits.
  table <- survival:::survmean(fit, rmean = s$horizon[1])$matrix
  data.frame(set = s$set[1], log_log = as.numeric(limits == "log-log"), time = fit$time, at_risk = fit$n.risk,
             ended = fit$n.event, survival = fit$surv, greenwood = fit$std.err, lower = fit$lower,
             upper = fit$upper, median = table["median"], median_lower = table["0.95LCL"],
             median_upper = table["0.95UCL"], mean = table["rmean"], mean_error = table["se(rmean)"])
}
both <- function(s) rbind(one(s, "log"), one(s, "log-log"))
out <- as.matrix(do.call(rbind, lapply(split(rows, rows$set), both)))
out[] <- ifelse(is.na(out), "NA", sprintf("%.17g", out))
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
