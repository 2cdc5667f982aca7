"""From pairs of pixel and place to pose and lens, or to a clear refusal."""
