# EARS C1, C2, C3 by surveillance::earsC. in: series, t, y. out: series, setting, t, upper, alarm, c3
# (C3 by its definition, from the mean and spread that surveillance's C2 uses; NA for C1 and C2).
suppressMessages(library(surveillance))
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(args[1])
settings <- list(
  list(method = "C1", baseline = 7, minSigma = 0, alpha = 0.001),
  list(method = "C2", baseline = 7, minSigma = 0, alpha = 0.001),
  list(method = "C3", baseline = 7, minSigma = 0.5, alpha = 0.025),
  list(method = "C1", baseline = 14, minSigma = 1, alpha = 0.01),
  list(method = "C2", baseline = 5, minSigma = 0.5, alpha = 0.05),
  list(method = "C3", baseline = 9, minSigma = 1, alpha = 0.001))
c2 <- function(x, n, s, alpha) {
  s$method <- "C2"; s$alpha <- alpha
  e <- earsC(x, control = s)
  u <- rep(NA, n); u[e@control$range] <- as.numeric(upperbound(e)); u
}
out <- NULL
for (s in unique(d$series)) for (i in seq_along(settings)) {
  y <- d$y[d$series == s]; n <- length(y); x <- sts(y, frequency = 52)
  e <- earsC(x, control = settings[[i]])
  c3 <- rep(NA, n)
  if (settings[[i]]$method == "C3") {
    middle <- c2(x, n, settings[[i]], 0.5); spread <- c2(x, n, settings[[i]], pnorm(-1)) - middle
    part <- pmax(0, (y - middle) / spread - 1)
    c3 <- part + c(NA, part[-n]) + c(NA, NA, part[-c(n - 1, n)])
  }
  out <- rbind(out, data.frame(series = s, setting = i - 1, t = e@control$range - 1,
    upper = as.numeric(upperbound(e)), alarm = as.numeric(alarms(e)), c3 = c3[e@control$range]))
}
write.csv(format(out, digits = 15), args[2], row.names = FALSE, quote = FALSE)
