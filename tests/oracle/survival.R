# Kaplan-Meier curves with their limits and the median: survival::survfit.
suppressMessages(library(survival))
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
one <- function(s) {
  stay <- if (s$truncated[1] == 1) Surv(s$entry, s$exit, s$ended) else Surv(s$exit, s$ended)
  fit <- survfit(stay ~ 1, conf.type = "log")
  # print.survfit's median with its limits.
  table <- survival:::survmean(fit, rmean = "none")$matrix
  data.frame(set = s$set[1], time = fit$time, at_risk = fit$n.risk, ended = fit$n.event, survival = fit$surv,
             lower = fit$lower, upper = fit$upper, median = table["median"], median_lower = table["0.95LCL"],
             median_upper = table["0.95UCL"])
}
out <- as.matrix(do.call(rbind, lapply(split(rows, rows$set), one)))
out[] <- ifelse(is.na(out), "NA", sprintf("%.17g", out))
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
