"""Heads of PTZ cameras (ONVIF, GB/T 28181, simulated), and the service that steers them."""
