"""Health of cameras: faults of the picture, rates against targets, repair orders. Values only."""
