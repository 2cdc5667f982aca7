"""Everything that touches the world: HTTP, storage, accounts, streams, jobs, command line."""
