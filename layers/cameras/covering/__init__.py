"""What a camera covers of ground and facades, by the steps of pixel density."""
