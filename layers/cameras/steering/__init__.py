"""Steering of PTZ cameras: orders and their codes, aims in a device's own spaces, who may steer, and the verdict."""
