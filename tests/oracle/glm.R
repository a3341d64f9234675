# Quasi-Poisson fits by stats::glm. in: series, y, x1, x2, o, w. out: series, what, value.
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(args[1])
out <- NULL
for (s in unique(d$series)) {
  m <- glm(y ~ x1 + x2 + offset(o), family = quasipoisson, weights = w, data = d[d$series == s, ])
  p <- summary(m)
  values <- c(coef(m), as.numeric(vcov(m)), p$dispersion, p$coefficients[, 4], deviance(m), hatvalues(m), fitted(m))
  out <- rbind(out, data.frame(series = s, what = seq_along(values) - 1, value = format(values, digits = 16, trim = TRUE)))
}
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
