"""The Common Alerting Protocol (OASIS CAP 1.1 and 1.2): alerts as other systems send and take them."""
