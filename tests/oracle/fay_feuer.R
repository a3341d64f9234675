# Directly standardised rates with Fay and Feuer's limits: epitools::ageadjust.direct.
suppressMessages(library(epitools))
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
one <- function(s) {
  adjusted <- ageadjust.direct(s$cases, s$population, stdpop = s$weight, conf.level = s$level[1])
  c(s$set[1], adjusted)
}
out <- do.call(rbind, lapply(split(rows, rows$set), one))
colnames(out) <- c("set", "crude", "adjusted", "lower", "upper")
out[] <- sprintf("%.17g", out)
write.csv(out, args[2], row.names = FALSE, quote = FALSE)
