"""The demo city's recipe and the facts that it is made from."""
