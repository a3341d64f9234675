# Exact Poisson limits of x1, and the ratio of x1/t1 to x2/t2: stats::poisson.test.
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
one <- function(i) {
  r <- rows[i, ]
  single <- poisson.test(r$x1, conf.level = r$level)$conf.int
  ratio <- poisson.test(c(r$x1, r$x2), c(r$t1, r$t2), conf.level = r$level)
  c(single, ratio$estimate, ratio$conf.int)
}
out <- do.call(rbind, lapply(seq_len(nrow(rows)), one))
colnames(out) <- c("lower", "upper", "ratio", "ratio_lower", "ratio_upper")
out[] <- sprintf("%.17g", out)
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
