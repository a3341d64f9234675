# Growth rate by log-linear Poisson regression, dispersion not under 1, t limits: stats::glm.
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
one <- function(s) {
  tight <- glm.control(epsilon = 1e-14, maxit = 200)
  fit <- glm(cases ~ day, family = poisson, data = s, control = tight)
  # summary.glm's dispersion and errors lag one step of the iteration behind: from the fitted values instead.
  mu <- fitted(fit)
  x <- model.matrix(fit)
  dispersion <- sum((s$cases - mu)^2 / mu) / fit$df.residual
  half <- qt(0.975, fit$df.residual) * sqrt(solve(t(x) %*% (mu * x))[2, 2] * max(1, dispersion))
  slope <- coef(fit)[["day"]]
  c(s$set[1], slope, slope - half, slope + half, dispersion)
}
out <- do.call(rbind, lapply(split(rows, rows$set), one))
colnames(out) <- c("set", "rate", "lower", "upper", "dispersion")
out[] <- sprintf("%.17g", out)
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
