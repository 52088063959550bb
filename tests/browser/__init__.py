"""Tests in a real Chromium: what a person sees and does, from the home page to the call."""
