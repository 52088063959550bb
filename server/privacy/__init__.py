"""Data protection as data: what is kept of whom, by which rule, who decided it. What deletes is in each feature's own verbs."""
