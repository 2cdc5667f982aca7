"""The live feed: what changes over the city, told to whoever follows it, over one WebSocket each."""
