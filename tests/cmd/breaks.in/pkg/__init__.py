"""A provider of drivers."""
