"""Where records, the journal and the credentials are kept."""
