"""What leaves the house: the outbox, mail and calendar files. When something is sent is decided by the verbs."""
