"""The programs around Sprechzeit that the tests run for real, each started and stopped here and nowhere else."""
